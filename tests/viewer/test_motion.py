import json

import mujoco
import numpy as np
import pytest

from vnl_core.viewer.motion import RATE, motion_file, poses


def read(content: bytes) -> tuple[dict, np.ndarray, np.ndarray]:
    """Header, times (frames,) and poses (frames, items, 7), read as motion.py's text tells."""
    start = 4 + int.from_bytes(content[:4], "little")
    assert start % 4 == 0, "the numbers are not aligned for a Float32Array"
    header = json.loads(content[4:start])
    numbers = np.frombuffer(content, "<f4", offset=start)
    times, rest = np.split(numbers, [header["frames"]])
    return header, times, rest.reshape(header["frames"], header["items"], 7)


def rotate(quaternion: np.ndarray, vector: tuple[float, float, float]) -> np.ndarray:
    """`vector` turned by a quaternion in three.js's order, x y z w."""
    turned = np.empty(3)
    mujoco.mju_rotVecQuat(turned, np.array(vector), np.roll(quaternion.astype(float), 1))
    return turned


@pytest.fixture(scope="module")
def motion(scene, glide):
    return read(motion_file(scene, glide))


def test_it_holds_the_whole_episode_at_the_rate_of_a_screen(motion, glide):
    header, times, _ = motion
    assert header["frames"] == len(times) == 51
    assert np.diff(times).min() >= 1 / RATE
    assert (times[0], times[-1]) == (0, pytest.approx(glide.duration))


def test_the_last_moment_is_there_even_off_the_beat(scene, glide):
    changes = {"qpos": glide.qpos[:-1], "time": glide.time[:-1], "ctrl": glide.ctrl[:-1]}
    shorter = type(glide)(**{**vars(glide), **changes})
    _, times, _ = read(motion_file(scene, shorter))
    assert times[-1] == pytest.approx(0.99)
    assert times[-2] == pytest.approx(0.98)


def test_the_walker_goes_where_the_trajectory_says(scene, motion):
    _, times, frames = motion
    root = frames[:, scene.root_id]
    assert root[:, 0] - root[0, 0] == pytest.approx(2.0 * times, abs=1e-5)
    assert rotate(root[0, 3:], (1, 0, 0)) == pytest.approx((1, 0, 0), abs=1e-5)
    assert rotate(root[-1, 3:], (1, 0, 0)) == pytest.approx((0, 1, 0), abs=1e-5)


def test_cameras_track_as_mujoco_moves_them(scene, motion, glide):
    _, _, frames = motion
    data = mujoco.MjData(scene.model)
    data.qpos[:] = glide.qpos[-1]
    mujoco.mj_forward(scene.model, data)
    cameras = frames[-1, scene.model.nbody : scene.model.nbody + scene.model.ncam]
    assert cameras[:, :3] == pytest.approx(data.cam_xpos, abs=1e-4)
    for pose, matrix in zip(cameras, data.cam_xmat.reshape(-1, 3, 3), strict=True):
        assert rotate(pose[3:], (0, 0, -1)) == pytest.approx(-matrix[:, 2], abs=1e-5)
        assert rotate(pose[3:], (0, 1, 0)) == pytest.approx(matrix[:, 1], abs=1e-5)


def test_lights_shine_along_their_minus_z():
    model = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><light pos='1 2 3' dir='1 0 -1'/></worldbody></mujoco>"
    )
    light = poses(model, mujoco.MjData(model))[-1]
    assert light[:3] == pytest.approx((1, 2, 3))
    assert rotate(light[3:], (0, 0, -1)) == pytest.approx(np.array([1, 0, -1]) / 2**0.5, abs=1e-6)
