"""Folders from somebody else, opened page by page in a real browser: nothing outside is touched.

The fixture `page` fails a test whose page asks another machine for anything, or whose scripts fail.
"""

import json
import urllib.request

import hostile_folders
import pytest
from dashboard_server import running_server
from hostile_folders import ALL, ELSEWHERE, MARKDOWN, SECRET
from on_page import settled
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

BLOCKED = """(address) => new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", (e) => resolve(e.effectiveDirective));
  const picture = new Image();
  picture.onload = picture.onerror = () => setTimeout(() => resolve("asked for"), 1000);
  picture.src = address;
})"""
SEND = """(address) => new Promise((resolve) => {
  document.addEventListener("securitypolicyviolation", (e) => resolve(e.effectiveDirective));
  fetch(address).catch(() => {}).finally(() => setTimeout(() => resolve("asked for"), 1000));
})"""


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    return hostile_folders.outside(tmp_path_factory.mktemp("owner") / "outside")


@pytest.fixture(scope="module")
def server(tmp_path_factory, outside):
    """A dashboard over every hostile folder that there is, and a rollout with hostile words."""
    runs_dir = tmp_path_factory.mktemp("hostile")
    for name in ALL:
        hostile_folders.make(name, runs_dir, outside)
    rollout = runs_dir / "rollouts" / "random-20260101-000000"
    rollout.mkdir(parents=True)
    (rollout / "status.json").write_text(json.dumps({"state": "failed", "message": MARKDOWN}))
    (runs_dir / "rollouts" / "linked").symlink_to(outside)
    before = hostile_folders.content(outside)
    with running_server(runs_dir) as address:
        yield address
        assert urllib.request.urlopen(f"{address}/healthz", timeout=30).status == 200
    assert hostile_folders.content(outside) == before


def sound(page) -> None:
    """Asserts that the page ran to its end, shows no secret, and made nothing of the words."""
    settled(page)
    assert page.get_by_test_id("stException").count() == 0
    assert SECRET not in page.content()
    assert page.locator(f"img[src*='{ELSEWHERE}'], a[href^='javascript:']").count() == 0


def test_all_of_them_are_listed_with_the_reason(page):
    page.goto(f"/runs?runs={','.join(ALL)}")
    sound(page)
    expect(page.get_by_text(f"{len(ALL)} runs in ")).to_be_visible()
    expect(page.get_by_text("linked-lock: not trusted")).to_be_visible()
    # The message of a failed run stands there as it was written.
    expect(page.get_by_text(MARKDOWN.split(" <")[0]).first).to_be_visible()


@pytest.mark.parametrize(
    "name", ["markdown", "metrics-name", "metrics-deep", "config-deep", "linked-log"]
)
@pytest.mark.parametrize("where", ["train", "watch"])
def test_a_broken_run_opens(page, where, name):
    page.goto(f"/{where}?run={name}")
    sound(page)
    if name == "linked-log":
        expect(page.get_by_text("linked-log is not trusted")).to_be_visible()


@pytest.mark.parametrize("name", ["external-link", "external-storage", "virtual", "huge"])
def test_an_episode_that_leads_elsewhere_is_refused(page, name):
    page.goto(f"/watch?run={name}")
    expect(page.get_by_text("is not trusted").first).to_be_visible()
    sound(page)


def test_a_rollout_says_what_its_file_says_and_no_more(page):
    page.goto("/rollout?rollout=random-20260101-000000")
    expect(page.get_by_text("The rollout failed")).to_be_visible()
    sound(page)
    page.goto("/rollout?rollout=linked")
    sound(page)


def test_a_page_cannot_ask_another_machine_for_anything(page):
    page.goto("/runs")
    settled(page)
    assert page.evaluate(BLOCKED, ELSEWHERE) == "img-src"
    assert page.evaluate(SEND, ELSEWHERE) == "connect-src"
