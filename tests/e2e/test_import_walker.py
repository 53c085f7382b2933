"""Import a walker in a real browser: dropped, seen in the 3D view, kept."""

import io
import zipfile
from pathlib import Path

import pytest
from on_page import settled
from playwright.sync_api import Page, expect
from view_on_page import shot_of, spread, view_of

pytestmark = pytest.mark.e2e

CASE = Path(__file__).parents[1] / "walkers" / "cases" / "static-post.xml"
ROCK = "v 0 0 0\nv .1 0 0\nv 0 .2 0\nv 0 0 .1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"


def zipped() -> bytes:
    """The animal with a mesh on its back, in a folder with the mesh in another."""
    text = CASE.read_text().replace(
        "<worldbody>", '<asset><mesh name="rock" file="meshes/rock.obj"/></asset><worldbody>'
    )
    rock = '<geom name="rock" type="mesh" mesh="rock" pos="0 0 .08"/><body name="shank_l"'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("animal/animal.xml", text.replace('<body name="shank_l"', rock))
        archive.writestr("animal/meshes/rock.obj", ROCK)
    return buffer.getvalue()


def test_a_zip_is_seen_in_3d_checked_and_kept(page: Page):
    page.goto("/")
    settled(page)
    page.get_by_role("tab", name="Import a walker").click()
    page.locator(".st-key-walker_file input[type=file]").set_input_files(
        files=[{"name": "Rocky.zip", "mimeType": "application/zip", "buffer": zipped()}]
    )
    expect(page.get_by_text("body post: part of the file's surroundings")).to_be_visible()
    settled(page)
    view = view_of(page, ".st-key-import_view iframe")
    assert spread(shot_of(view)) > 5  # of 255: not blank
    page.get_by_role("button", name="Keep it").click()
    settled(page)
    expect(page.get_by_text("Rocky, ").first).to_be_visible()
    page.get_by_role("tab", name="Preview").click()
    settled(page)
    expect(page.get_by_text("This scene cannot be built")).to_have_count(0)
