"""Whoever clicks before a page is drawn changes nothing but what was clicked."""

import pytest
from on_page import choose, reruns, settled
from playwright.sync_api import Page, expect

from vnl_core.presets import PRESETS
from vnl_core.ui import address

pytestmark = pytest.mark.e2e

PAGES = {
    "": ("tab", "Facts"),
    "rollout": ("link", "Train"),
    "train": ("link", "Design"),
    "runs": ("link", "Rollout"),
    "watch": ("link", "Train"),
}
WAITS = (0, 200, 500, 2000)  # ms
# A race is only likely to be lost: tests/pages holds what makes it harmless.
CASES = [
    pytest.param(wait, name, marks=() if wait == 0 and name == "runs" else pytest.mark.slow)
    for wait in WAITS
    for name in PAGES
]


def slow(page: Page) -> None:
    """Gives the page a sixth of the processor, as on a busy machine."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})


def reported(asked, name: str) -> set[float]:
    """Every value that the page reported for the number inputs of that key."""
    return {
        state.double_value
        for rerun in asked
        for state in rerun.widget_states.widgets
        if f"-{name}" in state.id and state.HasField("double_value")
    }


def design(page: Page):
    words = dict(pair.split("=", 1) for pair in page.url.split("?")[1].split("&"))
    return address.decode(words, "ant-easy")


@pytest.mark.parametrize(("wait", "name"), CASES)
def test_clicks_while_a_page_opens_leave_the_design_as_it_is(page, wait, name):
    asked = reruns(page)
    slow(page)
    page.goto(f"/{name}?preset=ant-easy")
    role, target = PAGES[name]
    first = page.get_by_role(role, name=target)
    first.wait_for()
    page.wait_for_timeout(wait)
    first.click()
    page.wait_for_timeout(wait)
    page.get_by_role("link", name="Design").click()
    second = page.get_by_role("tab", name="On MJX")
    second.click()
    settled(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    scene = PRESETS["ant-easy"].run.scene
    assert reported(asked, "scene.corridor_length") <= {scene.corridor_length}
    assert reported(asked, "scene.control_timestep") <= {scene.control_timestep}
    assert design(page) == ("ant-easy", PRESETS["ant-easy"].run)
    length = page.locator("[class*=st-key-scene-corridor_length] input")
    expect(length).to_have_value(f"{scene.corridor_length:g}")


@pytest.mark.slow
@pytest.mark.parametrize("wait", WAITS)
def test_a_form_shows_the_preset_that_was_chosen_on_every_page(page, wait):
    rodent = PRESETS["rodent-gaps-2020"]
    slow(page)
    page.goto("/")
    settled(page)
    choose(page, "[class*=st-key-preset_picker] input", rodent.title)
    for name in ("Rollout", "Train", "Design", "Train", "Rollout"):
        page.wait_for_timeout(wait)
        page.get_by_role("link", name=name).click()
    settled(page)
    shown = page.locator("[class*=st-key-preset_picker] input")
    expect(shown).to_have_value(rodent.title)
    step = page.locator("[class*=st-key-scene-control_timestep] input")
    expect(step).to_have_value(f"{rodent.run.scene.control_timestep:g}")
    assert design(page) == ("rodent-gaps-2020", rodent.run)
