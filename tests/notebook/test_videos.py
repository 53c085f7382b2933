"""Films that a notebook shows, made where the system has no ffmpeg."""

import base64
import re
from pathlib import Path

import imageio_ffmpeg
import mujoco
import numpy as np
import pytest

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.notebook import film
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory


@pytest.fixture(autouse=True)
def no_ffmpeg_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))


def frames_of(file: Path) -> tuple[dict, list[np.ndarray]]:
    reader = imageio_ffmpeg.read_frames(str(file))
    about = next(reader)
    width, height = about["size"]
    return about, [np.frombuffer(f, np.uint8).reshape(height, width, 3) for f in reader]


def test_pictures_become_an_mp4_that_a_notebook_shows(tmp_path: Path):
    shades = [np.full((48, 64, 3), shade, np.uint8) for shade in range(0, 200, 10)]
    made = film(shades, fps=10)
    about, frames = frames_of(made.save(tmp_path / "shades.mp4"))
    assert (about["codec"], about["fps"], about["size"]) == ("h264", 10.0, (64, 48))
    assert len(frames) == len(shades)
    for frame, shade in zip(frames, shades, strict=True):
        assert abs(frame.mean() - shade.mean()) < 6  # the loss of H.264, of steps of 10
    html = made._repr_html_()
    shown = re.search('src="data:video/mp4;base64,([^"]+)"', html)
    assert shown and base64.b64decode(shown.group(1)) == made.mp4


def test_what_is_no_film_is_refused():
    with pytest.raises(ValueError, match="frames: there are none"):
        film([])
    with pytest.raises(ValueError, match=r"uint8 .*float64 \(4, 4, 3\)"):
        film([np.zeros((4, 4, 3))])
    with pytest.raises(ValueError, match="even sides"):
        film([np.zeros((5, 4, 3), np.uint8)])
    with pytest.raises(ValueError, match="camera: pictures are drawn already"):
        film([np.zeros((4, 4, 3), np.uint8)], camera=0)


def test_a_trajectory_is_filmed_from_the_camera_asked_for(tmp_path: Path):
    scene = build(SceneConfig(corridor_length=12.0))
    still = _at_rest(scene, 10)
    seen = {}
    for camera in ("free", 0):
        made = film(still, fps=30, camera=camera, width=128, height=96)
        about, frames = frames_of(made.save(tmp_path / f"{camera}.mp4"))
        assert about["size"] == (128, 96)
        assert len(frames) == round(still.duration * 30)
        seen[camera] = frames[0].astype(int)
    assert np.abs(seen["free"] - seen[0]).mean() > 5


def _at_rest(scene: Scene, steps: int) -> Trajectory:
    model, data = scene.model, scene.data()
    dt = scene.config.control_timestep
    mujoco.mj_kinematics(model, data)
    many = steps + 1
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=dt,
        time=np.arange(many) * dt,
        qpos=np.tile(data.qpos, (many, 1)),
        qvel=np.zeros((many, model.nv)),
        root_position=np.tile(data.xpos[scene.root_id], (many, 1)),
        ctrl=np.zeros((steps, model.nu)),
        reward=np.zeros(steps),
    )
