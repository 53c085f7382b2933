"""Another walker on the Design page: offered with the numbers that suit it."""

from pathlib import Path

import pytest
from test_page_design import pictures

from vnl_core.presets import PRESETS
from vnl_core.ui import address


@pytest.fixture
def example_walkers(monkeypatch):
    monkeypatch.setenv("VNL_WALKERS", str(Path(__file__).parents[2] / "examples" / "walkers"))


def summary(at) -> str:
    return next(m.value for m in at.markdown if "corridor of" in m.value)


def offers(at) -> list[str]:
    return [button.key for button in at.button if button.key == "walker_defaults"]


def test_another_walker_is_offered_its_own_defaults(visit):
    at = visit()
    assert not offers(at)
    at.selectbox(key="scene.walker").select("rodent").run()
    assert not at.exception
    assert "Rodent" in summary(at)
    assert at.session_state["draft"]["scene"]["physics_timestep"] == 0.004  # nothing unasked
    assert "made for another animal" in at.warning[0].value
    at.button(key="walker_defaults").click().run()
    run = PRESETS["rodent-gaps-2020"].run
    assert at.session_state["draft"] == run.model_dump(mode="json")
    assert at.session_state["preset"] == "rodent-gaps-2020"
    assert not offers(at)
    assert not at.warning


def test_a_preset_of_the_walker_makes_no_offer(visit):
    for preset in ("seed-notebook", "ball-easy"):
        assert not offers(visit(preset=preset))


def test_a_labs_walker_is_listed_and_its_defaults_are_used(visit, example_walkers):
    at = visit()
    at.selectbox(key="scene.walker").select("strider").run()
    at.button(key="walker_defaults").click().run()
    assert not at.exception
    assert "Strider" in summary(at)
    assert at.session_state["draft"]["video_camera"] == "walker/side"
    assert not offers(at)
    at.session_state["design_tabs"] = "Facts"
    at.run()
    assert any("geom floor: part of the file's surroundings" in m.value for m in at.markdown)
    at.session_state["design_tabs"] = "Preview"
    at.run()
    assert list(pictures(at)) == [
        "-2 close-up",
        "-1 free",
        "0 walker/side",
        "1 walker/eye",
    ]


def test_a_link_with_an_unknown_walker_says_so_and_can_be_mended(visit):
    run = PRESETS["ant-easy"].run
    words = address.encode(run.changed(scene=run.scene.changed(walker="hopper")), "ant-easy")
    at = visit(**words)
    assert "no walker 'hopper'" in at.error[0].value
    at.selectbox(key="scene.walker").select("ant").run()
    assert not at.error
    assert "Ant" in summary(at)
