"""The whole path in a real browser: design, preview, roll out, train, watch."""

import json
import re
import time
import urllib.request

import pytest
from dashboard_server import running_server
from on_page import reruns, settled
from playwright.sync_api import Page, expect

from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir

pytestmark = pytest.mark.e2e

PLAYED = "document.querySelector('video').currentTime"
# The time at which the line over the chart stands, NaN while there is none.
CURSOR_TIME = """(() => {
  const left = (e) => e?.getBoundingClientRect().left;
  const area = document.querySelector('.vnl-playback .nsewdrag');
  const cursor = document.querySelector('.vnl-cursor:not([hidden])');
  const range = document.querySelector('.vnl-playback .vnl-plot').layout?.xaxis?.range;
  if (!area || !cursor || !range) return NaN;
  const share = (left(cursor) - left(area)) / area.getBoundingClientRect().width;
  return range[0] + share * (range[1] - range[0]);
})()"""
# Minutes, for compilations on two cores that others use too.
LONG = 240_000


def plays(page: Page) -> None:
    """Asserts that the page's video advances."""
    page.wait_for_selector("video[src]")
    settled(page)
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function(f"{PLAYED} > 0.3")


@pytest.mark.parametrize("name", ["", "watch"])
def test_a_cold_deep_link_opens_its_page(name, tmp_path):
    """The first request of all to a fresh server, by Streamlit's own test client."""
    with running_server(tmp_path, "--server.enableAgentApi=true") as address:
        request = urllib.request.Request(
            f"{address}/_stcore/agent/interact",
            json.dumps({"page": name} if name else {}).encode(),
            {"Content-Type": "application/json"},
        )
        answer = json.load(urllib.request.urlopen(request, timeout=90))
    text = json.dumps(answer["tree"])
    assert answer["status"] == "ready"
    assert '"type": "exception"' not in text
    assert '"System"' in text
    assert ("No run yet" if name else "Another terrain") in text


def test_a_longer_gap_gives_a_new_preview_and_a_link_to_it(page):
    page.goto("/")
    picture = page.get_by_role("img", name="Camera 0 walker/sideon")
    expect(picture).to_be_visible(timeout=60_000)  # a fresh server tries OpenGL first
    settled(page)
    before = picture.get_attribute("src")
    gap = page.locator(".st-key-scene-arena-gap_length-high input")
    started = time.monotonic()
    gap.fill("0.9")
    gap.press("Enter")
    expect(picture).not_to_have_attribute("src", before or "")
    took = time.monotonic() - started
    settled(page)
    assert took < 10, f"the new preview took {took:.1f} s"
    assert "design=" in page.url

    page.reload()
    expect(gap).to_have_value("0.9")


def test_a_refused_change_keeps_the_last_preview(page):
    page.goto("/")
    picture = page.get_by_role("img", name="Camera 0 walker/sideon")
    expect(picture).to_be_visible()
    gap = page.locator(".st-key-scene-arena-gap_length-low input")
    gap.fill("5")
    gap.press("Enter")
    expect(page.get_by_text("low 5 is above high 0.15").first).to_be_visible()
    expect(picture).to_be_visible()


def test_a_link_leaves_no_page_to_go_back_to_but_the_one_before(page):
    before = page.evaluate("history.length")
    page.goto("/train")
    page.wait_for_function("location.search.includes('preset=')")
    settled(page)
    assert page.evaluate("history.length") == before + 1


def test_every_page_opens(page):
    for name in ("", "rollout", "train", "runs", "watch"):
        page.goto(f"/{name}")
        settled(page)
        expect(page.get_by_role("button", name="System")).to_be_visible()
        assert page.get_by_test_id("stException").count() == 0


def test_a_random_rollout_plays_with_its_traces(page):
    asked = reruns(page)
    page.goto("/rollout?preset=ant-smoke")
    page.get_by_role("button", name="Start rollout").click()
    expect(page.get_by_text("Queued").or_(page.get_by_text("Compiling"))).to_be_visible()
    # The 3D view opens; a click on the chart moves it, and it moves the line.
    view = page.frame_locator(".vnl-views iframe")
    view.locator("body[data-state=ready]").wait_for(timeout=LONG)
    drag = page.locator(".vnl-playback .nsewdrag").first
    box = drag.bounding_box()
    assert box
    drag.click(position={"x": box["width"] * 0.6, "y": box["height"] / 2})
    page.wait_for_function(f"{CURSOR_TIME} > 1")
    # What the walker saw lies under the chart.
    assert page.locator(".vnl-strip div").count() >= 3

    settled(page)
    asked.clear()
    page.locator(".st-key-shown_rollout-film-view").get_by_text("0-sideon").click()
    plays(page)
    # The video comes by itself, without the rest of the page.
    assert asked and all(rerun.fragment_id for rerun in asked)
    # The line in the chart is where the video is.
    page.evaluate("document.querySelector('video').pause()")
    page.wait_for_function(f"Math.abs({CURSOR_TIME} - {PLAYED}) < 0.05")
    # A click on the chart moves the video.
    before = page.evaluate(PLAYED)
    box = drag.bounding_box()
    assert box
    drag.click(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    page.wait_for_function(f"{PLAYED} > {before + 0.5}")
    page.wait_for_function(f"Math.abs({CURSOR_TIME} - {PLAYED}) < 0.05")
    # The address brings it back, and leads back to the page before in one step.
    assert "rollout=random-" in page.url
    page.reload()
    page.locator(".vnl-views iframe").wait_for()
    page.get_by_role("link", name="Runs").click()
    page.wait_for_url("**/runs?**")
    settled(page)
    page.go_back()
    page.wait_for_url("**/rollout?**")


def test_training_moves_its_curve_stops_on_request_and_plays_its_video(page, runs_dir):
    page.goto("/train?preset=ant-smoke")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text(re.compile("starting|compiling")).first).to_be_visible()
    # The reward's curve gets its second point in the same chart, zoomed in as it was.
    chart = "document.querySelector('[class*=st-key-curve-Episode-reward] .vnl-plot')"
    points = f"{chart}?.data?.find(d => d.name === 'evaluation')?.x.length"
    page.wait_for_function(f"{points} >= 1", timeout=LONG)
    page.evaluate(f"{chart}.marked = true")
    page.evaluate(f"Plotly.relayout({chart}, {{'xaxis.range': [0, 12345]}})")
    first = page.evaluate(points)
    page.wait_for_function(f"{points} > {first}", timeout=LONG)
    assert page.evaluate(f"{chart}.marked")
    assert page.evaluate(f"{chart}.layout.xaxis.range[1]") == 12345

    page.get_by_role("button", name="Stop training").click()
    run = RunDir.find(runs_dir, re.findall(r"run=([\w.-]+)", page.url)[0])
    deadline = time.monotonic() + 60
    while run.status().alive and time.monotonic() < deadline:
        page.wait_for_timeout(250)
    assert run.status().state in ("stopped", "finished")
    assert len(run.checkpoints()) >= 2

    page.get_by_role("link", name="Watch").click()
    expect(page.get_by_text("Checkpoint (env steps)")).to_be_visible()
    # A run that was stopped has no video of its last checkpoint.
    page.goto(f"/watch?run={run.id}&checkpoint={run.videos()[0].step}")
    plays(page)


def test_no_chart_offers_an_upload(page):
    page.goto("/")
    bar = page.locator(".st-key-plan .modebar-btn")
    expect(bar.first).to_be_attached()
    titles = bar.evaluate_all("buttons => buttons.map(b => b.dataset.title)")
    assert "Download plot as a PNG" in titles or "Download plot" in titles
    assert not [title for title in titles if "hare" in title or "loud" in title]


def test_the_first_change_leaves_open_sections_open(page):
    page.goto("/train?preset=ant-easy")
    settled(page)
    page.get_by_text("PPO: length", exact=True).click()
    length = page.locator("[class*=st-key-ppo-num_timesteps] input")
    length.fill("2000000")
    length.press("Enter")
    expect(page.get_by_text("Changed: training length")).to_be_visible()
    settled(page)
    expect(length).to_be_visible()
    expect(length).to_have_value("2000000")
    expect(length).to_be_focused()  # the field is the one that was typed into


def test_a_run_that_comes_and_goes_shows_without_a_click(page, runs_dir):
    page.goto("/runs")
    settled(page)
    before = len(list(runs_dir.glob("*/config.json")))
    run = RunDir.create(runs_dir, PRESETS["ant-smoke"].run.changed(name="comes"))
    expect(page.get_by_text(re.compile(f"^{before + 1} runs? in "))).to_be_visible()
    run.delete()
    expect(page.get_by_text(re.compile(f"^{before} runs? in "))).to_be_visible()


def test_a_refusal_stands_at_its_field_and_stays_in_view(page):
    page.goto("/?preset=ant-easy")
    settled(page)
    length = page.locator("[class*=st-key-scene-corridor_length] input")
    length.fill("3")
    length.press("Enter")
    summary = page.locator(".st-key-problems")
    expect(summary.get_by_text("Corridor length cannot be used")).to_be_visible()
    settled(page)
    mark = page.locator(".vnl-refused")
    expect(mark).to_have_text("3 is too small. Use a value at least 7.")
    field, below = length.bounding_box(), mark.bounding_box()
    assert field and below
    assert 0 < below["y"] - field["y"] < 100
    expect(page.get_by_text("Old plan")).to_be_attached()
    page.get_by_text("Old plan").scroll_into_view_if_needed()
    page.locator(".st-key-gallery").scroll_into_view_if_needed()
    box = summary.bounding_box()
    assert box and 0 <= box["y"] < 200
    length.fill("30")
    length.press("Enter")
    expect(summary).to_have_count(0)
    expect(mark).to_have_count(0)
