"""Films by request: made once, cancelled, refused."""

import io
import json
import shutil
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from click.testing import CliRunner

from vnl_core.cli import main
from vnl_core.config import RunConfig, SceneConfig, TaskConfig, VideoConfig, VideoRequest
from vnl_core.jobs.requests import Reporter
from vnl_core.jobs.video import run_video, trajectory_of, work
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory

FILM = VideoConfig(width=96, height=64, fps=10, title=True)


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory) -> Path:
    """A runs directory with two episodes of half a second."""
    root = tmp_path_factory.mktemp("runs")
    scene = build(SceneConfig(corridor_length=8.0))
    for name in ("a", "b"):
        (root / "rollouts" / name).mkdir(parents=True)
        Trajectory.record(
            scene,
            task=TaskConfig(),
            engine="native",
            policy="zero",
            seed=0,
            control_timestep=0.05,
            time=np.arange(11) * 0.05,
            qpos=np.tile(scene.qpos, (11, 1)),
            qvel=np.zeros((11, scene.model.nv)),
            root_position=np.zeros((11, 3)),
            ctrl=np.zeros((10, scene.model.nu)),
            reward=np.ones(10),
        ).save(root / "rollouts" / name / "trajectory.h5")
    return root


def ask(runs_dir: Path, request: VideoRequest) -> Path:
    folder = runs_dir / "rollouts" / "a" / "films" / request.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "request.json").write_text(request.to_json())
    return folder


def status(folder: Path) -> dict:
    return json.loads((folder / "status.json").read_text())


def test_a_request_becomes_a_film_and_then_only_its_gif_is_made(runs_dir):
    both = ("rollouts/a/trajectory.h5", "rollouts/b/trajectory.h5")
    request = VideoRequest(trajectories=both, film=FILM)
    folder = ask(runs_dir, request)
    run_video(folder, runs_dir)
    assert status(folder)["state"] == "finished"
    assert imageio_ffmpeg.count_frames_and_secs(str(folder / "film.mp4"))[0] == 5
    made = (folder / "film.mp4").stat().st_mtime_ns
    assert ask(runs_dir, request.changed(gif=True)) == folder
    run_video(folder, runs_dir)
    assert (folder / "film.gif").read_bytes().startswith(b"GIF8")
    assert (folder / "film.mp4").stat().st_mtime_ns == made


def test_other_settings_are_another_film():
    request = VideoRequest(trajectories=("a",))
    assert request.name == request.changed(gif=True).name
    others = [VideoConfig(camera=1), VideoConfig(speed=0.5), VideoConfig(quality="full")]
    names = {request.changed(film=film.model_dump()).name for film in others}
    assert len(names | {request.name}) == 4


def test_what_cannot_be_filmed_is_told(runs_dir):
    gone = ask(runs_dir, VideoRequest(trajectories=("rollouts/none.h5",)))
    run_video(gone, runs_dir)
    assert status(gone)["state"] == "failed"
    assert "none.h5" in status(gone)["message"]
    camera = VideoRequest(trajectories=("rollouts/a/trajectory.h5",), film=VideoConfig(camera="x"))
    run_video(folder := ask(runs_dir, camera), runs_dir)
    assert "there is no camera 'x'" in status(folder)["message"]


def test_a_cancelled_film_is_not_made(runs_dir):
    request = VideoRequest(trajectories=("rollouts/a/trajectory.h5",), film=FILM)
    folder = ask(runs_dir, request)
    (folder / "cancel").touch()
    run_video(folder, runs_dir)
    assert status(folder)["state"] == "cancelled"
    assert not (folder / "film.mp4").exists()


def test_an_episode_deleted_while_it_is_filmed_keeps_no_other_waiting(runs_dir, monkeypatch):
    shutil.copytree(runs_dir / "rollouts" / "b", runs_dir / "rollouts" / "c")
    trajectory, film = "rollouts/c/trajectory.h5", FILM.changed(fps=30)
    gone = runs_dir / "rollouts" / "c" / "films" / "x"
    gone.mkdir(parents=True)
    (gone / "request.json").write_text(
        VideoRequest(trajectories=(trajectory,), film=film).to_json()
    )
    asked = []

    def cancelled(status) -> bool:
        asked.append(status)
        if len(asked) == 3:  # in the middle of the video
            # Again where the encoder began its file there meanwhile.
            while (runs_dir / "rollouts" / "c").exists():
                shutil.rmtree(runs_dir / "rollouts" / "c", ignore_errors=True)
        return told(status)

    told = Reporter.cancelled
    monkeypatch.setattr(Reporter, "cancelled", cancelled)
    request = VideoRequest(trajectories=("rollouts/a/trajectory.h5",), film=FILM.changed(fps=8))
    after = ask(runs_dir, request)
    lines = "".join(f"{folder.relative_to(runs_dir)}\n" for folder in (gone, after))
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    work(runs_dir)
    assert not gone.exists()
    assert status(after)["state"] == "finished"
    assert len(set(asked)) == 2


def test_the_shell_films_what_the_dashboard_finds(runs_dir, tmp_path):
    def vnl_film(*words: str, code: int = 0) -> str:
        size = ("--width", "96", "--height", "64", "--fps", "20", "--speed", "0.5")
        result = CliRunner().invoke(main, ["film", *words, *size, "--runs-dir", str(runs_dir)])
        assert result.exit_code == code, result.output
        return result.output

    output = tmp_path / "new" / "grid.mp4"
    vnl_film("a", "b", "--camera", "2", "-o", str(output))
    assert imageio_ffmpeg.count_frames_and_secs(str(output))[0] == 20
    film = VideoConfig(camera=2, width=96, height=64, fps=20, speed=0.5, title=True)
    both = ("rollouts/a/trajectory.h5", "rollouts/b/trajectory.h5")
    kept = runs_dir / VideoRequest(trajectories=both, film=film).folder / "film.mp4"
    made = kept.stat().st_mtime_ns
    vnl_film("a", "b", "--camera", "2", "-o", str(tmp_path / "grid.gif"))
    assert (tmp_path / "grid.gif").read_bytes().startswith(b"GIF8")
    assert kept.stat().st_mtime_ns == made
    assert "there is no camera 'x'" in vnl_film("a", "--camera", "x", code=1)
    assert "no such run, rollout or trajectory" in vnl_film("none", code=1)


def test_a_runs_last_evaluation_is_filmed_unless_another_is_named(runs_dir):
    run = RunDir.create(runs_dir, RunConfig(name="ant"))
    with pytest.raises(FileNotFoundError, match="no evaluation yet"):
        trajectory_of(run.id, runs_dir)
    for step in (0, 2000):
        (run.media_path / f"{step_name(step)}.h5").touch()
    assert trajectory_of(run.id, runs_dir).stem == step_name(2000)
    assert trajectory_of(str(run.path), runs_dir, 0).stem == step_name(0)
    with pytest.raises(FileNotFoundError, match="Use one of 0, 2000"):
        trajectory_of(run.id, runs_dir, 1000)
