"""Import a walker on the Design page: seen, checked, named, kept."""

import json
from pathlib import Path

import pytest

from vnl_core.scene import build
from vnl_core.scene.walkers import find_walker, known_walkers
from vnl_core.ui.server.routes import viewer_url

CASES = Path(__file__).parents[1] / "walkers" / "cases"


@pytest.fixture
def imported(visit):
    """The page with a case uploaded."""

    def upload(case: str, name: str = "animal.xml", content: bytes | None = None):
        at = visit()
        at.session_state["design_tabs"] = "Import a walker"
        at.run()
        data = content or (CASES / f"{case}.xml").read_bytes()
        at.file_uploader(key="walker_file").upload(name, data).run()
        assert not at.exception
        return at

    return upload


def page_text(at) -> str:
    return "\n".join(element.value for element in at.markdown)


def choice(at, label: str):
    return next(e for e in [*at.selectbox, *at.multiselect] if e.label == label)


def test_a_file_is_seen_at_once_with_what_was_found_and_left_out(imported, runs_dir):
    at = imported("pair-with-the-floor")
    assert "**10.49 kg**" in page_text(at)
    assert "2 feet, 2 actuators, 2 joints" in page_text(at)
    assert "pair floor leg_l: refers to floor" in page_text(at)
    assert choice(at, "Root body").value == "torso"
    assert choice(at, "Feet").value == ["leg_l", "leg_r"]
    assert choice(at, "Its own eye").value == "eye"
    (record,) = runs_dir.glob("walkers/.incoming/*/import_*.json")
    scene = find_walker(record.stem).defaults.scene.changed(arena="empty", corridor_length=12.0)
    assert build(scene).model.nu == 2
    views = [e.proto for e in at.get("bidi_component") if "vnl_view" in e.proto.component_name]
    assert viewer_url(scene=scene) in [json.loads(view.json)["url"] for view in views]


def test_kept_it_is_the_walker_of_the_design(imported, runs_dir):
    at = imported("static-post", "My hopper.xml")
    next(t for t in at.text_input if t.label == "Name").set_value("jumper").run()
    at.button(key="keep_walker").click().run()
    assert not at.exception
    assert (runs_dir / "walkers" / "jumper" / "files" / "walker.xml").is_file()
    assert at.session_state["draft"]["scene"]["walker"] == "jumper"
    assert known_walkers()["jumper"].title == "My hopper"
    assert "My hopper" in at.selectbox(key="scene.walker~1").options
    assert any(error.proto.title == "Name cannot be used" for error in at.error)


def test_without_a_foot_it_is_not_kept(imported):
    at = imported("camera-missing")
    choice(at, "Feet").set_value([]).run()
    assert "No foot is named" in at.warning[0].value
    assert at.button(key="keep_walker").disabled


@pytest.mark.parametrize(
    ("case", "said"), [("planar-root", "root_pitch"), ("second-free-body", "second free body")]
)
def test_what_cannot_be_a_walker_is_refused_in_words(imported, case, said):
    at = imported(case)
    (error,) = at.error
    assert error.proto.title == "This file cannot be a walker"
    assert said in error.value
    assert ".incoming" not in error.value
    assert not [button for button in at.button if button.key == "keep_walker"]


def test_a_hostile_file_is_refused(imported, runs_dir):
    text = b'<mujoco><asset><mesh name="m" file="/etc/passwd"/></asset></mujoco>'
    at = imported("", content=text)
    assert "names a file outside its folder" in at.error[0].value
    assert not list(runs_dir.rglob("*.xml"))
