import json

import mujoco
import numpy as np
import pytest

from vnl_core.viewer import motion_file
from vnl_core.viewer.frame import poses
from vnl_core.viewer.motion import RATE


def read(content: bytes) -> tuple[dict, np.ndarray, np.ndarray, list[dict]]:
    """Header, times (frames,), rewards (frames,) and moments, read as motion.py's text tells."""
    start = 4 + int.from_bytes(content[:4], "little")
    assert start % 4 == 0, "the numbers are not aligned for a Float32Array"
    header = json.loads(content[4:start])
    numbers = np.frombuffer(content, "<f4", offset=start)
    frames, items = header["frames"], header["items"]
    times, rewards, rest = np.split(numbers, [frames, 2 * frames])
    moments = []
    while len(rest):
        count = 5 + 7 * items
        contacts = int(rest[1])
        moments.append(
            {
                "time": rest[0],
                "com": rest[2:5],
                "poses": rest[5:count].reshape(items, 7),
                "contacts": rest[count : count + 8 * contacts].reshape(contacts, 8),
            }
        )
        rest = rest[count + 8 * contacts :]
    assert len(moments) == frames
    return header, times, rewards, moments


def rotate(quaternion: np.ndarray, vector: tuple[float, float, float]) -> np.ndarray:
    """`vector` turned by a quaternion in three.js's order, x y z w."""
    turned = np.empty(3)
    mujoco.mju_rotVecQuat(turned, np.array(vector), np.roll(quaternion.astype(float), 1))
    return turned


@pytest.fixture(scope="module")
def motion(scene, glide):
    return read(b"".join(motion_file(scene, glide)))


def changed(glide, **values):
    return type(glide)(**{**vars(glide), **values})


def test_it_holds_the_whole_episode_at_the_rate_of_a_screen(motion, glide):
    header, times, _, moments = motion
    assert header["frames"] == len(times) == 51
    assert np.diff(times).min() >= 1 / RATE
    assert (times[0], times[-1]) == (0, pytest.approx(glide.duration))
    assert [moment["time"] for moment in moments] == pytest.approx(times.tolist())


def test_the_last_moment_is_there_even_off_the_beat(scene, glide):
    shorter = changed(glide, qpos=glide.qpos[:-1], time=glide.time[:-1], ctrl=glide.ctrl[:-1])
    _, times, _, _ = read(b"".join(motion_file(scene, shorter)))
    assert times[-1] == pytest.approx(0.99)
    assert times[-2] == pytest.approx(0.98)


def test_it_comes_piece_by_piece(scene, glide):
    pieces = list(motion_file(scene, glide))
    assert len(pieces) > 2
    assert len(pieces[0]) < len(b"".join(pieces)) / 4


def test_a_trajectory_of_another_walker_is_refused(scene, glide):
    with pytest.raises(ValueError, match="qpos: has 8 positions"):
        motion_file(scene, changed(glide, qpos=glide.qpos[:, :8]))


def test_the_walker_goes_where_the_trajectory_says(scene, motion):
    _, times, _, moments = motion
    root = np.stack([moment["poses"][scene.root_id] for moment in moments])
    assert root[:, 0] - root[0, 0] == pytest.approx(2.0 * times, abs=1e-5)
    assert rotate(root[0, 3:], (1, 0, 0)) == pytest.approx((1, 0, 0), abs=1e-5)
    assert rotate(root[-1, 3:], (1, 0, 0)) == pytest.approx((0, 1, 0), abs=1e-5)
    com = np.stack([moment["com"] for moment in moments])
    assert com[:, 0] - com[0, 0] == pytest.approx(2.0 * times, abs=1e-2)


def test_cameras_track_as_mujoco_moves_them(scene, motion, glide):
    _, _, _, moments = motion
    data = mujoco.MjData(scene.model)
    data.qpos[:] = glide.qpos[-1]
    mujoco.mj_forward(scene.model, data)
    own = slice(scene.model.nbody, scene.model.nbody + scene.model.ncam)
    cameras = moments[-1]["poses"][own]
    assert cameras[:, :3] == pytest.approx(data.cam_xpos, abs=1e-4)
    for pose, matrix in zip(cameras, data.cam_xmat.reshape(-1, 3, 3), strict=True):
        assert rotate(pose[3:], (0, 0, -1)) == pytest.approx(-matrix[:, 2], abs=1e-5)
        assert rotate(pose[3:], (0, 1, 0)) == pytest.approx(matrix[:, 1], abs=1e-5)


def test_lights_shine_along_their_minus_z():
    model = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><light pos='1 2 3' dir='1 0 -1'/></worldbody></mujoco>"
    )
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    light = poses(model, data)[-1]
    assert light[:3] == pytest.approx((1, 2, 3))
    assert rotate(light[3:], (0, 0, -1)) == pytest.approx(np.array([1, 0, -1]) / 2**0.5, abs=1e-6)


def test_the_ground_bears_the_weight_of_a_walker_at_rest(scene, rest):
    """Forces on the walker add up to its weight, and act on its own bodies at the floor."""
    header, _, _, moments = read(b"".join(motion_file(scene, rest)))
    contacts = moments[-1]["contacts"]
    assert len(contacts) >= 3
    weight = scene.model.body_subtreemass[scene.root_id] * 9.81
    assert contacts[:, 3:6].sum(axis=0) == pytest.approx((0, 0, weight), abs=0.1 * weight)
    assert contacts[:, 2] == pytest.approx(0, abs=0.02)
    first, count = header["walker"]
    assert ((contacts[:, 6] >= first) & (contacts[:, 6] < first + count)).all()
    assert not ((contacts[:, 7] >= first) & (contacts[:, 7] < first + count)).any()


def test_rewards_are_means_between_moments(scene, glide):
    _, _, rewards, _ = read(b"".join(motion_file(scene, changed(glide, reward=np.arange(100.0)))))
    assert rewards[:3].tolist() == [0.5, 0.5, 2.5]
    assert rewards[-1] == 98.5


def test_gaps_and_falls_are_told_when_they_happen(scene, glide):
    gap = scene.layout.gaps[0]
    x = np.linspace(gap.start - 0.5, gap.end + 0.5, len(glide.qpos))
    root = np.stack([x, 0 * x, 0 * x + 0.5], axis=1)
    fell = (np.arange(100) >= 90).astype(float)
    crossing = changed(glide, root_position=root, metrics={"fell": fell})
    header, *_ = read(b"".join(motion_file(scene, crossing)))
    kinds = [event["kind"] for event in header["events"]]
    assert kinds == ["entered", "crossed", "fell"]
    entered, crossed, last = (event["time"] for event in header["events"])
    at = np.interp([gap.start, gap.end], x, glide.time)
    assert [entered, crossed] == pytest.approx(at, abs=0.011)
    assert last == pytest.approx(0.91)
    assert f"{gap.length:.2f} m" in header["events"][0]["text"]

    below = changed(glide, root_position=root - [0, 0, 2])
    assert read(b"".join(motion_file(scene, below)))[0]["events"] == []
