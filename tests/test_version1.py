"""Configs that were written before arenas and terms had fields of their own."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from vnl_core.config import (
    Empty,
    Gaps,
    RunConfig,
    SceneConfig,
    TaskConfig,
    Uniform,
    Walls,
    problems,
)
from vnl_core.config.terms.observations import GapEdges, HeightScan, Qpos
from vnl_core.config.terms.rewards import Forward, TargetSpeed
from vnl_core.config.terms.terminations import Fall
from vnl_core.load_config import load_run
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir
from vnl_core.runs.shipped import SHIPPED
from vnl_core.ui.address import decode

# Every preset as version 1 wrote it, a design with much changed, and two links.
WRITTEN = json.loads((Path(__file__).parent / "version1" / "configs.json").read_text())


def check_walls(run: RunConfig) -> None:
    assert run.scene.arena == Walls(wall_gap=3.0, wall_height=Uniform(low=0.2, high=0.4))
    assert run.task.observations == {"qpos": Qpos(), "gap_edges": GapEdges(count=6)}
    assert run.task.rewards == {"target_speed": TargetSpeed(weight=2.0, speed=1.5)}
    assert run.task.terminations == {"fall": Fall(height=-0.5)}


@pytest.mark.parametrize("name", WRITTEN["presets"])
def test_a_preset_of_then_is_the_preset_of_now(name):
    old = RunConfig.model_validate(WRITTEN["presets"][name])
    assert old == PRESETS[name].run
    assert list(old.task.observations) == list(PRESETS[name].run.task.observations)


def test_what_was_changed_then_is_changed_now():
    check_walls(RunConfig.model_validate(WRITTEN["walls"]))


def test_a_link_of_then_opens():
    preset, run = decode(WRITTEN["links"]["walls"], "ant-easy")
    assert preset == "ant-easy"
    check_walls(run)
    _, run = decode(WRITTEN["links"]["gap"], "ant-easy")
    assert run.scene.arena == PRESETS["ant-easy"].run.scene.arena.changed(gap_length=0.3)


def test_the_shell_takes_the_names_of_then_on_files_of_then(tmp_path):
    file = tmp_path / "old.json"
    file.write_text(json.dumps(WRITTEN["presets"]["ant-easy"]))
    for source in (str(file), "ant-easy"):
        run = load_run(
            source,
            (
                "scene.gap_length=0.3",
                "task.scan_ahead=1",
                "task.rewards.forward=2",
                "task.rewards.target_speed.speed=3",
            ),
        )
        assert run.scene.arena.gap_length == 0.3
        assert run.task.observations["height_scan"] == HeightScan(ahead=1.0)
        assert run.task.rewards["forward"] == Forward(weight=2.0)
        assert run.task.rewards["target_speed"] == TargetSpeed(speed=3.0)
        nested = ("scene.arena.gap_length=0.3", "task.observations.height_scan.ahead=1")
        assert load_run(source, nested).scene == run.scene


def test_a_scene_of_then_alone_is_taken(tmp_path):
    file = tmp_path / "scene.json"
    file.write_text(json.dumps(WRITTEN["walls"]["scene"]))
    assert load_run(str(file)).scene.arena.wall_gap == 3.0


def test_the_shipped_run_keeps_working():
    config = RunDir.find(SHIPPED, "ant-gaps").config()
    assert isinstance(config.scene.arena, Gaps)
    assert config.task.observations["height_scan"] == HeightScan()


def test_fields_without_effect_go_and_todays_mistakes_are_told():
    assert SceneConfig.model_validate({"arena": "empty", "gap_length": 0.3}).arena == Empty()
    for model, values, field in (
        (SceneConfig, {"arena": {"kind": "empty"}, "gap_length": 0.3}, "gap_length"),
        (TaskConfig, {"rewards": {"forward": {}}, "target_speed": 2.0}, "target_speed"),
    ):
        with pytest.raises(ValidationError) as caught:
            model.model_validate(values)
        (problem,) = problems(caught.value)
        assert (problem.field, problem.reason) == (field, "No such field.")


def test_a_newer_version_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match="newer version .99; this one reads up to 2.*Install"):
        RunConfig.model_validate({"version": 99})
