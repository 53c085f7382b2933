"""Configs by name, file and setting."""

import pytest

from vnl_core.config import Gaps, RunConfig, SceneConfig, Uniform
from vnl_core.load_config import SourceError, load_run
from vnl_core.presets import PRESETS


def test_settings_reach_single_fields():
    run = load_run(
        "ant-easy",
        ("scene.gap_length=0.3", 'scene.platform_length={"low": 1, "high": 2}', "name=wide"),
    )
    assert run.scene.arena.gap_length == 0.3
    assert run.scene.arena.platform_length == Uniform(low=1, high=2)
    assert run.name == "wide"
    assert run.ppo == PRESETS["ant-easy"].run.ppo


def test_a_file_may_hold_a_run_or_a_scene(tmp_path):
    run, scene = tmp_path / "run.json", tmp_path / "scene.json"
    run.write_text(PRESETS["ant-smoke"].run.to_json())
    scene.write_text(SceneConfig(arena=Gaps(gap_length=0.4)).to_json())
    assert load_run(str(run)) == PRESETS["ant-smoke"].run
    assert load_run(str(scene)) == RunConfig(scene=SceneConfig(arena=Gaps(gap_length=0.4)))


@pytest.mark.parametrize(
    ("source", "setting", "said"),
    [
        ("no-such", "name=x", "ant-smoke"),
        ("ant-easy", "scene.gap_length=50", "scene.arena.gap_length"),
        ("ant-easy", "scene.nothing=1", "scene.nothing"),
        ("ant-easy", "nothing.here=1", "nothing.here"),
        ("ant-easy", "name", "field.path=value"),
    ],
)
def test_what_cannot_be_had_is_named(source, setting, said):
    with pytest.raises(SourceError, match=said):
        load_run(source, (setting,))


@pytest.mark.parametrize("text", ["{", "[" * 100_000])
def test_broken_files_are_named(text, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"broken\.json is not JSON"):
        load_run(str(path))


def test_a_file_of_megabytes_is_not_read(tmp_path):
    path = tmp_path / "config.json"
    path.write_bytes(b'{"name": "' + b"x" * 2_000_000 + b'"}')
    with pytest.raises(SourceError, match="2,000,012 bytes; a config has some thousand"):
        load_run(str(path))
