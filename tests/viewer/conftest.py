"""An ant that glides two metres along x in a second while it turns a quarter to the left."""

import numpy as np
import pytest

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory

STEPS = 100


@pytest.fixture(scope="session")
def scene() -> Scene:
    return build(SceneConfig(corridor_length=15.0, spawn_position=(2.0, 0.0, 0.0)))


@pytest.fixture(scope="session")
def glide(scene: Scene) -> Trajectory:
    time = np.linspace(0.0, 1.0, STEPS + 1)
    qpos = np.tile(scene.qpos, (STEPS + 1, 1))
    qpos[:, 0] += 2.0 * time
    half = np.pi / 4 * time
    qpos[:, 3:7] = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=1)
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=scene.config.control_timestep,
        time=time,
        qpos=qpos,
        qvel=np.zeros((STEPS + 1, scene.model.nv)),
        root_position=qpos[:, :3],
        ctrl=np.zeros((STEPS, scene.model.nu)),
        reward=np.zeros(STEPS),
    )
