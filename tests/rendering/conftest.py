"""An ant on a short corridor, and its fall recorded without any engine of ours."""

import mujoco
import numpy as np
import pytest

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory


@pytest.fixture(scope="session")
def scene() -> Scene:
    return build(SceneConfig(corridor_length=15.0, spawn_position=(3.0, 0.0, 0.2)))


@pytest.fixture(scope="session")
def fall(scene: Scene) -> Trajectory:
    """One second of an ant that drops to the platform and is pushed forwards by its controls."""
    steps = 100
    rng = np.random.default_rng(0)
    low, high = scene.model.actuator_ctrlrange.T
    ctrl = rng.uniform(low, high, (steps, scene.model.nu))
    data = scene.data()
    qpos, qvel, root = [data.qpos.copy()], [data.qvel.copy()], [data.xpos[scene.root_id].copy()]
    for action in ctrl:
        data.ctrl[:] = action
        mujoco.mj_step(scene.model, data, scene.config.substeps)
        mujoco.mj_kinematics(scene.model, data)
        qpos.append(data.qpos.copy())
        qvel.append(data.qvel.copy())
        root.append(data.xpos[scene.root_id].copy())
    dt = scene.config.control_timestep
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="random",
        seed=0,
        control_timestep=dt,
        time=np.arange(steps + 1) * dt,
        qpos=np.array(qpos),
        qvel=np.array(qvel),
        root_position=np.array(root),
        ctrl=ctrl,
        reward=np.zeros(steps),
    )
