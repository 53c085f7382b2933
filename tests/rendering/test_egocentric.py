"""What the walker saw is recorded state by state."""

import h5py
import numpy as np
import pytest

from vnl_core.config import RolloutConfig, SceneConfig
from vnl_core.rendering.egocentric import record_egocentric
from vnl_core.rendering.gl_thread import render
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory

SIDE = 32


@pytest.fixture(scope="module")
def scene():
    return build(SceneConfig(corridor_length=8.0))


@pytest.fixture(scope="module")
def episode(scene):
    """The ant slides two metres forwards in ten steps."""
    qpos = np.tile(scene.qpos, (11, 1))
    qpos[:, 0] += np.linspace(0, 2, 11)
    return Trajectory.record(
        scene,
        task=RolloutConfig().task,
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=0.05,
        time=np.arange(11) * 0.05,
        qpos=qpos,
        qvel=np.zeros((11, scene.model.nv)),
        root_position=qpos[:, :3],
        ctrl=np.zeros((10, scene.model.nu)),
        reward=np.zeros(10),
    )


def test_each_state_has_the_picture_of_the_walkers_own_camera(scene, episode, tmp_path):
    told = []
    path = tmp_path / "egocentric.h5"
    assert record_egocentric(scene, episode, path, SIDE, lambda *at: told.append(at))
    with h5py.File(path) as file:
        pixels, time = file["pixels"][()], file["time"][()]
    assert (pixels.shape, pixels.dtype) == ((11, SIDE, SIDE, 3), np.uint8)
    np.testing.assert_array_equal(time, episode.time)
    assert told[-1] == (11, 11)
    for i in (0, 10):
        expected = render(scene, episode.qpos[i], "egocentric", SIDE, SIDE)
        np.testing.assert_array_equal(pixels[i], expected)
    assert np.abs(pixels[0].astype(int) - pixels[10]).mean() > 1  # it came closer to what it saw


def test_a_cancelled_recording_leaves_no_file(scene, episode, tmp_path):
    path = tmp_path / "egocentric.h5"
    assert not record_egocentric(scene, episode, path, SIDE, cancelled=lambda: True)
    assert not list(tmp_path.iterdir())
