"""The built client in a real browser, served as plain files."""

import math
import re

import pytest
from client_pictures import DIST, coarse, difference, picture, show
from playwright.sync_api import Page, expect

from vnl_core.rendering.gl_thread import render
from vnl_core.scene import build

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (DIST / "viewer.js").exists(), reason="the 3D client is not built: run `make setup`"
    ),
]
# Mean colours of squares of ten pixels may differ so much from MuJoCo's own, of 255, in the mean.
LIKENESS = 6
# MuJoCo lights a box at the corners of so many squares a side, and of 4 by itself: a spot then
# looks dimmer than in our view, which lights every pixel.
SQUARES = 16


@pytest.mark.parametrize("walker", ["ant", "rodent", "cmu_humanoid"])
def test_it_looks_as_mujocos_own_picture_from_every_side(page, address, scene, walker):
    own = build(scene.config.changed(walker=walker))
    own.model.vis.quality.numquads = SQUARES
    last = own.cameras[-1].index
    drawn, expected = {}, {}
    drawn[-1] = show(page, address, f"scene=../{walker}.json")
    height, width, _ = drawn[-1].shape
    for camera in (0, last):
        page.select_option("#camera", str(camera))
        drawn[camera] = picture(page)
    for camera, pixels in drawn.items():
        # The free one begins as the close-up.
        seen_from = "close-up" if camera == -1 else camera
        expected[camera] = render(own, None, seen_from, width, height)
        assert pixels.std() > 20
        assert difference(coarse(pixels), coarse(expected[camera])) < LIKENESS
    assert difference(coarse(drawn[-1]), coarse(expected[last])) > 4 * LIKENESS


def test_the_scrubber_moves_the_walker_and_follow_keeps_it_in_sight(page, address):
    start = show(page, address, "scene=../ant.json&motion=../ant.bin&camera=0")
    page.locator("#scrubber").fill("0.5")
    middle = picture(page)
    assert difference(start, middle) > 1
    assert page.locator("#clock").inner_text() == "0.50 / 1.00 s"

    page.select_option("#camera", "-1")
    page.locator("#follow").uncheck()
    before = picture(page)
    page.locator("#scrubber").fill("1")
    assert difference(before, picture(page)) > 3


def test_cameras_are_chosen_by_index_and_name_and_the_free_one_is_kept(page, address, scene):
    start = show(page, address, "scene=../ant.json")
    listed = page.locator("#camera option").all_inner_texts()
    assert listed == [f"{index} {name}" for index, name in scene.cameras if index >= -1]
    page.select_option("#camera", "0")
    assert difference(start, picture(page)) > 10
    page.select_option("#camera", "-1")
    assert difference(start, picture(page)) < 1


def test_dragging_orbits_the_free_camera(page, address):
    start = show(page, address, "scene=../ant.json")
    page.mouse.move(200, 100)
    page.mouse.down()
    page.mouse.move(260, 120, steps=3)
    page.mouse.up()
    assert difference(start, picture(page)) > 3


def test_play_runs_to_the_end_and_stops(page, address):
    show(page, address, "scene=../ant.json&motion=../ant.bin")
    page.select_option("#speed", "2")
    page.click("#play")
    page.wait_for_function("document.querySelector('#clock').textContent.startsWith('1.00')")
    page.wait_for_function("document.querySelector('#play').ariaLabel === 'Play'")


def test_nothing_is_fetched_from_elsewhere(page, address):
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    show(page, address, "scene=../ant.json&motion=../ant.bin")
    own = address.removesuffix("viewer/index.html")
    assert urls
    assert [url for url in urls if not url.startswith((own, "data:"))] == []


def test_it_opens_at_a_moment_and_steps_from_there(page, address):
    show(page, address, "scene=../ant.json&motion=../ant.bin&time=0.5")
    clock = page.locator("#clock")
    expect(clock).to_have_text("0.50 / 1.00 s")
    page.keyboard.press("ArrowRight")
    expect(clock).to_have_text("0.52 / 1.00 s")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(clock).to_have_text("0.48 / 1.00 s")
    page.keyboard.press("Backspace")
    expect(clock).to_have_text("0.00 / 1.00 s")
    show(page, address, "scene=../ant.json&motion=../ant.bin&frame=10")
    expect(clock).to_have_text("0.20 / 1.00 s")


def test_a_link_leads_back_to_the_moment_and_the_place_of_the_eye(page, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    start = show(page, address, "scene=../ant.json&motion=../ant.bin&time=0.5")
    page.mouse.move(200, 100)
    page.mouse.down()
    page.mouse.move(260, 120, steps=3)
    page.mouse.up()
    seen = picture(page)
    assert difference(start, seen) > 3
    page.locator("#link").click()
    expect(page.locator("#link")).to_have_text("Copied")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    page.wait_for_selector("body[data-state=ready]")
    expect(page.locator("#clock")).to_have_text("0.50 / 1.00 s")
    assert difference(seen, picture(page)) < 0.5


def test_it_plays_again_and_again_in_a_loop(page, address):
    show(page, address, "scene=../ant.json&motion=../ant.bin&time=0.9")
    page.locator("#loop").check()
    page.select_option("#speed", "4")
    page.keyboard.press("Escape")
    page.locator("#play").click()
    page.wait_for_function("document.querySelector('#scrubber').value < 0.8")
    assert page.locator("#play").get_attribute("aria-label") == "Pause"


def test_the_page_around_it_seeks_and_hears_the_time(page, address):
    page.goto(address.replace("viewer/index.html", "around.html"))
    page.wait_for_function("told.some(({type}) => type === 'vnl-ready')")
    assert page.evaluate("told.find(({type}) => type === 'vnl-ready').duration") == 1
    page.evaluate("frames[0].postMessage({type: 'vnl-seek', time: 0.7}, '*')")
    page.wait_for_function("told.at(-1).type === 'vnl-time' && told.at(-1).time === 0.7")
    assert not page.evaluate("told.at(-1).playing")
    page.evaluate("frames[0].postMessage({type: 'vnl-play', playing: true}, '*')")
    page.wait_for_function("told.at(-1).time > 0.7 && told.some(({playing}) => playing)")


def test_another_scene_comes_in_place_and_the_camera_stays(page, address):
    page.goto(address.replace("viewer/index.html", "around.html"))
    page.wait_for_function("told.some(({type}) => type === 'vnl-ready')")
    view = page.frame_locator("iframe")
    view.locator("#camera").select_option("2")
    page.evaluate("frames[0].marked = true; told = []")
    query = "?scene=../wide.json"
    page.evaluate(f"frames[0].postMessage({{type: 'vnl-show', query: '{query}'}}, '*')")
    page.wait_for_function("told.some(({type}) => type === 'vnl-ready')")
    assert page.evaluate("frames[0].marked")
    expect(view.locator("#camera")).to_have_value("2")
    expect(view.locator("#timeline")).to_be_hidden()


def test_a_second_episode_is_drawn_beside_the_first(page, address):
    alone = show(page, address, "scene=../ant.json&motion=../ant.bin&time=0.6")
    both = show(page, address, "scene=../ant.json&motion=../ant.bin&ghost=../ghost.bin&time=0.6")
    assert difference(alone, both) > 1
    page.keyboard.press("g")
    assert difference(alone, picture(page)) < 0.5


@pytest.mark.parametrize("key", ["j", "m", "t", "x", "k", "w", "e", "0"])
def test_each_key_changes_the_picture_and_changes_it_back(page, address, key):
    before = show(page, address, "scene=../ant.json&motion=../ant.bin&time=0.5")
    page.keyboard.press(key)
    assert difference(before, picture(page)) > 0.05
    page.keyboard.press(key)
    assert difference(before, picture(page)) < 0.01


def test_contacts_and_their_forces_are_drawn_where_the_ant_stands(page, address):
    before = show(page, address, "scene=../ant.json&motion=../rest.bin")
    page.keyboard.press("c")
    contacts = picture(page)
    assert difference(before, contacts) > 0.02
    page.keyboard.press("f")
    assert difference(contacts, picture(page)) > 0.02


def test_keys_are_listed(page, address):
    show(page, address, "scene=../ant.json")
    page.keyboard.press("F1")
    expect(page.locator("#help-panel")).to_contain_text("Play or pause")
    page.keyboard.press("Escape")
    expect(page.locator("#help-panel")).to_be_hidden()


def test_a_click_on_a_body_tells_what_it_is(page, address, scene):
    show(page, address, "scene=../ant.json")
    box = page.locator("#picture").bounding_box()
    assert box
    page.mouse.click(box["width"] / 2, box["height"] / 2)
    facts = page.locator("#facts")
    expect(facts.locator("strong")).to_have_text("walker/torso")
    mass = scene.model.body("walker/torso").mass[0]
    expect(facts).to_contain_text(f"{mass:.4g} kg")
    where = scene.data().body("walker/torso").xpos
    expect(facts).to_contain_text(", ".join(f"{x:.3f}" for x in where).replace("-0.000", "0.000"))


def test_a_gap_tells_its_length_and_the_ruler_measures_it(page: Page, address, folder):
    """Seen from the side, where the start platform ends in a gap of one metre."""
    page.set_viewport_size({"width": 900, "height": 600})
    show(page, address, "scene=../wide.json&camera=0")
    tip, found = page.locator("#tip"), []
    for x in range(450, 900, 12):
        page.mouse.move(x, 300)
        page.wait_for_timeout(60)
        if tip.is_visible():
            found.append(x)
            expect(tip).to_have_text(re.compile(r"Gap \d+: 1\.000 m, x = [\d.]+ to [\d.]+ m"))
    assert found, "no gap was found under the pointer"

    page.keyboard.press("d")
    page.mouse.click(found[0] - 40, 300)
    page.mouse.click(found[0] - 90, 300)
    label = page.locator("#measured")
    expect(label).to_contain_text(" m (x ")
    length, *sides = map(float, re.findall(r"-?\d+\.\d+", label.inner_text()))
    assert length == pytest.approx(math.hypot(*sides), abs=2e-3)
    assert length > 0.05


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "No scene was named."),
        ("scene=../none.json", "The scene could not be loaded (404)."),
        ("scene=../rodent.json&motion=../ant.bin", "The motion belongs to another scene."),
    ],
)
def test_a_failure_is_told_on_the_page(page, address, query, message):
    page.goto(f"{address}?{query}")
    page.wait_for_selector("body[data-state=failed]")
    assert message in page.get_by_role("alert").inner_text()
