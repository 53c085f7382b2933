import io
import os
import time

import numpy as np
import pytest
from PIL import Image

from vnl_core.config import SceneConfig, TaskConfig, VideoConfig
from vnl_core.rendering.egocentric import FRAMES, SIDE
from vnl_core.rendering.video import write_video
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory
from vnl_core.ui.server.pictures import picture_of


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A turn to the left as trajectory.h5, and video.mp4 of it."""
    scene, folder = build(SceneConfig(corridor_length=8.0)), tmp_path_factory.mktemp("media")
    half = np.linspace(0, np.pi / 2, 21)
    qpos = np.tile(scene.qpos, (21, 1))
    qpos[:, 3:7] = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=1)
    episode = Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=0.05,
        time=np.arange(21) * 0.05,
        qpos=qpos,
        qvel=np.zeros((21, scene.model.nv)),
        root_position=qpos[:, :3],
        ctrl=np.zeros((20, scene.model.nu)),
        reward=np.zeros(20),
    )
    episode.save(folder / "trajectory.h5")
    film = VideoConfig(width=160, height=120, fps=10)
    assert write_video([(scene, episode)], folder / "video.mp4", film)
    return folder


def test_the_strip_is_what_the_walker_saw_along_time(files):
    picture = Image.open(io.BytesIO(picture_of(files / "trajectory.h5", "egocentric")))
    assert picture.size == (FRAMES * SIDE, SIDE)
    cells = np.split(np.asarray(picture).astype(float), FRAMES, axis=1)
    assert np.abs(cells[0] - cells[1]).mean() < np.abs(cells[0] - cells[-1]).mean()


def test_a_picture_is_made_once_and_again_when_its_file_is_newer(files):
    first = picture_of(files / "video.mp4", "thumbnail")
    assert Image.open(io.BytesIO(first)).size == (160, 120)
    kept = files / "video.thumbnail.jpg"
    kept.write_bytes(b"kept")
    assert picture_of(files / "video.mp4", "thumbnail") == b"kept"
    later = time.time() + 10
    os.utime(files / "video.mp4", (later, later))
    assert picture_of(files / "video.mp4", "thumbnail") == first


def test_a_damaged_video_has_no_thumbnail(tmp_path):
    (tmp_path / "video.mp4").write_bytes(b"no video")
    with pytest.raises(RuntimeError, match="video.mp4 cannot be read"):
        picture_of(tmp_path / "video.mp4", "thumbnail")
