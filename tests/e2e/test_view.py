"""The 3D view on the pages, in the real server: the live preview, posing, an episode."""

import time

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from vnl_core.config import SceneConfig
from vnl_core.ui.routes import viewer_url

pytestmark = pytest.mark.e2e

# Places of the boxes that the view draws, from its own description of the scene.
BOXES = """async () => {
  const asked = performance.getEntriesByType('resource').map(({name}) => name);
  const url = asked.filter((name) => name.includes('scene.json')).at(-1);
  const {geoms} = await (await fetch(url)).json();
  return geoms.filter(({shape}) => shape === 'box').map(({position}) => position[0]);
}"""


def view_of(page: Page) -> FrameLocator:
    """The page's 3D view, once its first picture is there."""
    view = page.frame_locator("iframe[title='3D view']")
    view.locator("body[data-state=ready]").wait_for()
    return view


def shot_of(view: FrameLocator) -> bytes:
    return view.locator("#picture").screenshot(timeout=90_000)


def changes(view: FrameLocator, before: bytes) -> bool:
    """Whether the picture becomes another within the seconds a busy machine may take."""
    deadline = time.monotonic() + 20
    while shot_of(view) == before:
        if time.monotonic() > deadline:
            return False
    return True


def frame_of(page: Page):
    return next(frame for frame in page.frames if "/viewer/" in frame.url)


def test_another_gap_length_moves_the_platforms_in_place(page):
    page.goto("/?preset=ant-easy")
    view = view_of(page)
    view.locator("#camera").select_option("0")
    frame = frame_of(page)
    frame.evaluate("window.marked = true")
    before = frame.evaluate(BOXES)
    shot = shot_of(view)
    gap = page.locator(".st-key-scene-gap_length-high input")
    gap.fill("1.6")
    gap.press("Enter")
    assert changes(view, shot)
    assert frame.evaluate(BOXES) != before
    assert frame.evaluate("window.marked"), "the view was reloaded"
    expect(view.locator("#camera")).to_have_value("0")


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


def test_the_view_opens_without_a_network(page, server):
    """Every request goes to the dashboard itself; other hosts would be refused here."""
    hosts = []

    def only_ours(route):
        hosts.append(route.request.url)
        if route.request.url.startswith((server, "data:", "blob:")):
            route.continue_()
        else:
            route.abort()

    page.context.route("**/*", only_ours)
    page.goto(viewer_url(scene=SceneConfig(walker="cmu_humanoid")))
    page.wait_for_selector("body[data-state=ready]")
    page.goto("/")
    view_of(page)
    assert [url for url in hosts if not url.startswith((server, "data:", "blob:"))] == []


def test_the_page_is_usable_in_a_small_window(page):
    page.goto("/")
    view = view_of(page)
    for name in ("Pose", "Measure", "Show", "Keys"):
        box = view.get_by_role("button", name=name, exact=True).bounding_box()
        assert box
        assert 0 < box["y"] + box["height"] <= 720
        assert box["x"] + box["width"] <= 1280
