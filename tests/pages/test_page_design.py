import json
from pathlib import Path

from vnl_core.config import RunConfig, SceneConfig, Uniform
from vnl_core.presets import PRESETS
from vnl_core.ui import address

PAGES = Path(__file__).parents[2] / "pages"


def summary(at) -> str:
    return next(m.value for m in at.markdown if "corridor of" in m.value)


def design(at) -> dict:
    return at.session_state["draft"]


def pictures(at) -> dict[str, str]:
    """The gallery's pictures: their addresses by caption."""
    shown = [e.proto for e in at.get("bidi_component") if "vnl_gallery" in e.proto.component_name]
    return {p["caption"]: p["url"] for p in json.loads(shown[0].json)["pictures"]}


def test_every_camera_has_its_picture(visit):
    found = pictures(visit())
    assert list(found)[:3] == ["-2 close-up", "-1 free", "0 walker/sideon"]
    assert len(set(found.values())) == 6


def test_a_longer_gap_gives_another_picture_and_another_address(visit):
    at = visit()
    before, text = pictures(at), summary(at)
    at.segmented_control(key="scene.arena.gap_length.mode").set_value("fixed").run()
    at.number_input(key="scene.arena.gap_length.value").set_value(1.0).run()
    after = pictures(at)
    assert not at.exception
    assert summary(at) != text
    assert set(before.values()).isdisjoint(after.values())
    _, run = address.decode(dict(at.query_params.items()), "ant-easy")
    assert run.scene.arena.gap_length == 1.0


def test_an_impossible_scene_is_explained_and_the_last_good_one_stays(visit):
    at = visit()
    text = summary(at)
    at.number_input(key="scene.spawn_position.0").set_value(12.0).run()
    assert at.error[0].proto.title == "Spawn position cannot be used"
    assert "Keep x between 0 and 6 m" in at.error[0].value
    assert summary(at) == text
    assert len(pictures(at)) == 6
    at.number_input(key="scene.spawn_position.0").set_value(2.0).run()
    assert not at.error
    at.number_input(key="scene.corridor_length").set_value(1.0).run()
    assert at.error[0].proto.title == "Corridor length cannot be used"
    assert "at least 7" in at.error[0].value
    assert summary(at) == text


def test_a_preset_fills_the_form_and_can_be_gone_back_to(visit):
    at = visit()
    at.selectbox(key="preset_picker").select("rodent-gaps-2020").run()
    assert at.number_input(key="scene.corridor_width~1").value == 2.0
    assert "Rodent" in summary(at)
    at.number_input(key="scene.corridor_width~1").set_value(3.0).run()
    assert any("corridor width" in c.value for c in at.caption)
    at.button(key="reset").click().run()
    assert design(at)["scene"]["corridor_width"] == 2.0
    at.button(key="bring_back").click().run()
    assert at.number_input(key="scene.corridor_width~3").value == 3.0
    at.selectbox(key="preset_picker").select("ant-easy").run()
    assert "Ant" in summary(at)
    at.button(key="bring_back").click().run()
    assert "Rodent" in summary(at)
    assert design(at)["scene"]["corridor_width"] == 3.0


def test_a_link_restores_the_design(visit):
    base = PRESETS["seed-notebook"].run
    scene = base.scene.changed(gap_length=Uniform(low=0.3, high=0.4), terrain_seed=7)
    at = visit(**address.encode(base.changed(scene=scene), "seed-notebook"))
    assert at.number_input(key="scene.arena.gap_length.high").value == 0.4
    assert "terrain seed 7" in summary(at)


def test_a_broken_link_is_explained_and_the_default_shown(visit):
    at = visit(preset="cat")
    assert at.warning[0].proto.title == "This link cannot be opened"
    assert "no preset “cat”" in at.warning[0].value
    assert design(at)["name"] == "ant-easy"


def test_the_design_survives_a_change_of_page(visit):
    at = visit()
    at.number_input(key="scene.corridor_width").set_value(4.5).run()
    for page in ("train", "runs", "design"):
        at.switch_page(str(PAGES / f"{page}.py")).run()
        assert not at.exception
    assert at.number_input(key="scene.corridor_width").value == 4.5


def test_another_terrain_moves_the_gaps(visit):
    at = visit()
    at.button(key="reroll").click().run()
    assert "terrain seed 0" not in summary(at)


def test_a_terrain_without_chance_has_no_other(visit):
    at = visit()
    for name in ("gap_length", "platform_length"):
        at.segmented_control(key=f"scene.arena.{name}.mode").set_value("fixed").run()
    assert "reroll" not in [button.key for button in at.button]


def test_a_config_is_imported_and_a_bad_one_refused(visit):
    at = visit()
    at.session_state["design_tabs"] = "Export and import"
    at.run()
    run = RunConfig(name="other", scene=SceneConfig(corridor_length=20.0))
    at.file_uploader(key="upload").upload("config.json", run.to_json().encode()).run()
    assert design(at)["name"] == "other"
    assert "20 m" in summary(at)

    bad = json.dumps({"corridor_length": -1}).encode()
    at.file_uploader(key="upload").clear().upload("bad.json", bad).run()
    assert "Corridor length" in at.error[0].proto.title
    assert design(at)["name"] == "other"
