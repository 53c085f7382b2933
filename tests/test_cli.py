"""The vnl verbs, as a person types them."""

import json
import os
import subprocess
import sys

import h5py
import imageio_ffmpeg
import mediapy
import pandas as pd
import pytest
from click.testing import CliRunner

from vnl_core.cli import main
from vnl_core.trajectory import Trajectory

SHORT = ("--set", "scene.corridor_length=10")


def vnl(*words: str, code: int = 0) -> str:
    """What `vnl …` prints; its exit status must be `code`."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, result.output
    return result.stdout if code == 0 else result.output


def test_scene_tells_everything_as_json():
    facts = json.loads(vnl("scene", "seed-notebook", "--json"))
    assert facts["config"]["terrain_seed"] == 123456
    assert facts["model"]["actuators (nu)"] == 8
    assert [camera["index"] for camera in facts["cameras"]] == [-2, -1, 0, 1, 2, 3]
    gaps = facts["layout"]["gaps"]
    assert len(gaps) > 10
    assert all(0.05 <= gap["length"] <= 0.2 for gap in gaps)


def test_walkers_are_listed_and_an_unknown_one_is_refused_everywhere(tmp_path):
    rows = {row["name"]: row for row in json.loads(vnl("walkers", "--json"))}
    assert rows["rodent"]["dofs (nv)"] == 73
    assert rows["cmu_humanoid"]["actuators (nu)"] == 56
    assert rows["ant"]["mass (kg)"] == pytest.approx(12.38, abs=0.01)
    ant = json.loads(vnl("walkers", "ant", "--json"))
    assert ant["preset"] == rows["ant"]["preset"]
    cat = ("ant-easy", "--set", "scene.walker=cat")
    for words in (("scene", *cat), ("train", *cat, "--runs-dir", str(tmp_path))):
        assert "Use one of ant, rodent" in vnl(*words, code=1)
    assert not list(tmp_path.iterdir())


def test_scene_tells_what_mjx_refuses_and_how_it_is_adapted():
    told = json.loads(vnl("scene", "rodent-gaps-2020", "--engine", "mjx", "--json"))
    told = told["compatibility"]
    assert told["runs"]
    refused = [p for p in told["problems"] if p["severity"] == "refused"]
    assert [p["kind"] for p in refused] == ["ellipsoid–box contact"]
    assert refused[0]["cured"] and "walker/collision_torso" in refused[0]["names"]
    switches = {change["switch"] for change in told["adaptations"]}
    assert {"capsules", "drop_sensors", "local_terrain", "self_contact"} <= switches
    assert told["contact slots"]["adapted"] < 64 < told["contact slots"]["unadapted"]
    words = ("scene", "rodent-gaps-2020", "--set", "scene.mjx.capsules=false", "--engine", "mjx")
    assert "mjx cannot run this scene" in vnl(*words)


def test_scene_exports(tmp_path):
    for name in ("scene.zip", "scene.mjb", "scene.json"):
        vnl("scene", "ant-smoke", "--export", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    again = json.loads(vnl("scene", str(tmp_path / "scene.json"), "--json"))
    assert again["config"] == json.loads((tmp_path / "scene.json").read_text())
    assert "--export" in vnl("scene", "ant-smoke", "--export", "scene.stl", code=1)


def test_refusals_name_field_and_remedy():
    message = vnl("scene", "ant-easy", "--set", "scene.gap_length=50", code=1)
    assert "scene.arena.gap_length" in message
    assert "between 0 and 20" in message


def test_render_draws_each_camera(tmp_path):
    pictures = {}
    for camera in ("-1", "0", "egocentric", "close-up"):
        path = tmp_path / f"{camera}.png"
        vnl("render", "ant-smoke", *SHORT, "--camera", camera, "--width", "160", "-o", str(path))
        pictures[camera] = mediapy.read_image(path)
        assert pictures[camera].shape == (480, 160, 3)
        assert pictures[camera].std() > 5  # not blank
    assert (pictures["-1"] != pictures["0"]).any()
    assert "there is no camera" in vnl("render", "ant-smoke", "--camera", "99", code=1)


@pytest.mark.parametrize("engine", ["native", "dm_control"])
def test_rollout_leaves_trajectory_traces_and_video(engine, tmp_path):
    words = ("--policy", "sine", "--seconds", "0.5", "--engine", engine, "--camera", "0")
    summary = json.loads(vnl("rollout", "ant-smoke", *SHORT, *words, "-o", str(tmp_path)))
    trajectory = Trajectory.load(tmp_path / "trajectory.h5")
    assert trajectory.engine == engine
    assert summary["seconds"] == pytest.approx(0.5)
    assert trajectory.steps == 25
    for table in (
        pd.read_parquet(tmp_path / "traces.parquet"),
        pd.read_csv(tmp_path / "traces.csv"),
    ):
        assert len(table) == 26  # a row a state
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(tmp_path / "video-0-sideon.mp4"))
    assert (frames, seconds) == (15, pytest.approx(0.5, abs=0.05))
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "finished"


def test_a_rollout_is_cancelled_by_a_file_in_its_folder(tmp_path):
    (tmp_path / "cancel").touch()
    words = ("--seconds", "0.5", "--no-video", "-o", str(tmp_path))
    assert "Error: Cancelled" in vnl("rollout", "ant-smoke", *SHORT, *words, code=1)
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "cancelled"


def test_the_walkers_own_view_is_recorded_without_a_video_too(tmp_path):
    # In a process of its own: OpenGL has not been chosen there yet.
    words = ("--policy", "zero", "--seconds", "0.1", "--no-video", "--egocentric", "16")
    command = [sys.executable, "-m", "vnl_core", "rollout", "ant-smoke", *words]
    environment = {name: x for name, x in os.environ.items() if name != "MUJOCO_GL"}
    done = subprocess.run(
        [*command, "-o", str(tmp_path)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "egocentric.h5") as file:
        assert file["pixels"].shape == (6, 16, 16, 3)
    assert not list(tmp_path.glob("*.mp4"))


def test_a_folder_without_runs(tmp_path):
    (tmp_path / "rollouts").mkdir()  # used before, so that it is not given the shipped run
    assert json.loads(vnl("runs", "--runs-dir", str(tmp_path), "--json")) == []
    assert "vnl train" in vnl("runs", "--runs-dir", str(tmp_path))
    assert "no-such-run" in vnl("stop", "no-such-run", "--runs-dir", str(tmp_path), code=1)


def test_train_wants_a_preset_or_a_run():
    assert "--run-dir" in vnl("train", code=1)


def test_light_verbs_do_not_wait_for_jax():
    script = (
        "import sys; from click.testing import CliRunner; from vnl_core.cli import main;"
        "r = CliRunner().invoke(main, ['scene', 'ant-smoke']);"
        "assert r.exit_code == 0; CliRunner().invoke(main, ['runs']);"
        "print('jax' in sys.modules, 'brax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_a_run_that_is_not_there_cannot_be_resumed(tmp_path):
    assert "nowhere" in vnl("resume", "nowhere", "--runs-dir", str(tmp_path), code=1)
