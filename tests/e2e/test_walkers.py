"""One walker after another, chosen on the Design page and seen in its 3D view."""

import pytest
from playwright.sync_api import Page, expect

from vnl_core.scene.walkers import known_walkers

pytestmark = pytest.mark.e2e


def settled(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def test_walkers_follow_one_another_in_the_3d_view_and_bring_their_defaults(page):
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto("/?preset=rodent-gaps-2020")
    settled(page)
    page.locator(".st-key-section-Walker summary").click()
    chosen = page.locator(".st-key-scene-walker input")
    # The rodent has the most joints, the balls the fewest, and a texture around the whole ball.
    for walker in [*reversed(known_walkers().values())]:
        chosen.click()
        page.get_by_role("option", name=walker.title, exact=True).click()
        offer = page.get_by_role("button", name="Use this walker's defaults")
        offer.click()
        expect(offer).to_have_count(0)
        settled(page)
        expect(page.get_by_text(f"{walker.title}, ")).to_be_visible()
        page.wait_for_timeout(1500)  # the view fetches the new scene after the page is done
        view = page.frame_locator("iframe").first
        expect(view.locator("body")).to_have_attribute("data-state", "ready")
        expect(view.locator("#message")).to_be_hidden()
    assert not errors
