import base64

import mujoco
import numpy as np
import pytest
from pydantic import ValidationError

from vnl_core.viewer import ManualControl, move
from vnl_core.viewer.manual_control import MAX_STEPS


def numbers(packed: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def test_a_pose_is_shown_as_it_was_set(scene):
    joint = scene.model.joint("walker/front_left_hip")
    qpos = scene.qpos.copy()
    qpos[joint.qposadr[0]] = 0.4
    answer = move(scene, ManualControl(qpos=qpos.tolist()))
    assert answer["qpos"] == pytest.approx(qpos)
    data = scene.data()
    data.qpos[:] = qpos
    mujoco.mj_forward(scene.model, data)
    bodies = numbers(answer["moment"])[5:].reshape(-1, 7)[: scene.model.nbody]
    assert bodies[:, :3] == pytest.approx(data.xpos, abs=1e-5)


def test_driving_in_pieces_is_mujocos_own_simulation(scene):
    """State carried by the client leads where one run of MuJoCo leads, warm start apart."""
    ctrl = np.linspace(-1, 1, scene.model.nu)
    state = {"qpos": scene.qpos.tolist(), "qvel": [], "act": []}
    for _ in range(5):
        answer = move(scene, ManualControl(**state, ctrl=ctrl.tolist(), steps=20))
        state = {name: answer[name] for name in state}
    data = scene.data()
    data.ctrl[:] = ctrl
    for _ in range(100):
        mujoco.mj_step(scene.model, data)
    assert state["qpos"] == pytest.approx(data.qpos, abs=1e-3)
    assert np.abs(np.array(state["qpos"]) - scene.qpos).max() > 0.1


def test_what_is_of_another_walker_is_refused(scene):
    with pytest.raises(ValueError, match="qpos: has 3 numbers, the scene's has 15"):
        move(scene, ManualControl(qpos=[0, 0, 0]))


def test_too_much_at_once_is_refused(scene):
    with pytest.raises(ValidationError):
        ManualControl(qpos=scene.qpos.tolist(), steps=MAX_STEPS + 1)


def test_an_explosion_is_told(scene):
    fast = np.full(scene.model.nv, 1e9)
    with pytest.raises(ValueError, match="unstable"):
        move(scene, ManualControl(qpos=scene.qpos.tolist(), qvel=fast.tolist(), steps=50))
