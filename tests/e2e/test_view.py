"""The 3D view on the Design page, in the real server: posing, driving, a small window."""

import pytest
from playwright.sync_api import expect
from view_on_page import changes, frame_of, shot_of, view_of

pytestmark = pytest.mark.e2e


def test_joints_are_posed_and_actuators_driven_and_a_pose_is_kept(page):
    page.goto("/?preset=seed-notebook")
    view = view_of(page)
    view.locator("#hand-button").click()
    panel = view.locator("#hand-panel")
    ankle = panel.locator("[data-part=joints] input[name=front_left_ankle]")
    shown = shot_of(view)
    ankle.fill("0.3")
    expect(ankle.locator("xpath=../output")).to_have_text("0.300 rad")
    assert changes(view, shown)

    width = page.locator(".st-key-scene-corridor_width input")
    width.fill("4")
    width.press("Enter")
    expect(page.get_by_text("by 4 m")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(ankle).to_have_value("0.3")

    panel.locator("[data-part=actuators] input[name=front_left_ankle]").fill("-1")
    panel.get_by_role("button", name="Drive").click()
    frame_of(page).wait_for_function(
        "document.querySelector('[name=front_left_ankle]').value < 0.2"
    )
    panel.get_by_role("button", name="Stop").click()
    panel.get_by_role("button", name="Start pose").click()
    expect(ankle).to_have_value("0")
    expect(view.locator("#hand-trouble")).to_be_empty()


def test_the_page_is_usable_in_a_small_window(page):
    page.goto("/")
    view = view_of(page)
    for name in ("Pose", "Measure", "Show", "Keys"):
        box = view.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert 0 < box["y"] + box["height"] <= 720
        assert box["x"] + box["width"] <= 1280
