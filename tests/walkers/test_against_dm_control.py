"""Every walker against dm_control's own corridor task: the same inertia, the same motion."""

import functools

import mujoco
import numpy as np
import pytest
from dm_control import composer
from dm_control.locomotion.arenas import corridors
from dm_control.locomotion.tasks.corridors import RunThroughCorridor
from dm_control.locomotion.walkers import jumping_ball
from every import WALKERS

from vnl_core.scene import Scene, build
from vnl_core.scene.walkers import find_walker

CONTROL_STEPS = 100
PLATFORM, GAP, LENGTH = 1.5, 0.3, 12.0
# Ours stay where the spawn frame is; dm_control's own are moved there along their joints.
BALLS = {
    "jumping_ball": jumping_ball.JumpingBallWithHead,
    "rolling_ball": jumping_ball.RollingBallWithHead,
}


@functools.cache
def dm_control_task(name: str, x: float) -> composer.Environment:
    """The walker in dm_control's arena and task, nothing of ours between them."""
    config = find_walker(name).defaults.scene
    arena = corridors.GapsCorridor(
        platform_length=PLATFORM, gap_length=GAP, corridor_length=LENGTH, visible_side_planes=False
    )
    walker = BALLS[name](name="walker") if name in BALLS else find_walker(name).make()
    task = RunThroughCorridor(
        walker=walker,
        arena=arena,
        walker_spawn_position=(x, 0.0, 0.0),
        contact_termination=False,
        terminate_at_height=-np.inf,
        physics_timestep=config.physics_timestep,
        control_timestep=config.control_timestep,
    )
    for observable in task.observables.values():
        observable.enabled = False  # none is looked at, and an image needs OpenGL
    return composer.Environment(task, strip_singleton_obs_buffer_dim=True, random_state=0)


@functools.cache
def ours(name: str, x: float) -> Scene:
    config = find_walker(name).defaults.scene
    return build(
        config.changed(
            arena="gaps",
            aesthetic="default",
            corridor_width=4.0,
            corridor_length=LENGTH,
            platform_length=PLATFORM,
            platform_height=0.0,
            gap_length=GAP,
            spawn_position=(x, 0.0, 0.0),
            spawn_rotation=0.0,
            visible_side_planes=False,
        )
    )


def with_options_of(theirs: mujoco.MjModel, model: mujoco.MjModel) -> mujoco.MjModel:
    """`model` with dm_control's own solver: one motion, not two approximations of it."""
    options = ("solver", "iterations", "ls_iterations", "noslip_iterations", "cone", "tolerance")
    for option in options:
        setattr(model.opt, option, getattr(theirs.opt, option))
    return model


def shared_start(name: str, x: float, data: mujoco.MjData) -> np.ndarray:
    """Our start pose in dm_control's coordinates."""
    qpos = data.qpos.copy()
    if name in BALLS:
        qpos[0] += x
    return qpos


def mass_matrix(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    full = np.zeros((model.nv, model.nv))
    mujoco.mj_fullM(model, data, full)
    return full


@pytest.mark.parametrize("x", [0.0, 5.0])
@pytest.mark.parametrize("walker", WALKERS)
def test_its_inertia_and_motion_are_dm_controls(walker, x):
    environment, scene = dm_control_task(walker, x), ours(walker, x)
    environment.reset()
    physics = environment.physics
    assert physics is not None
    model = with_options_of(physics.model.ptr, scene.model)
    data = scene.data()
    with physics.reset_context():
        physics.data.qpos[:] = shared_start(walker, x, data)
        physics.data.qvel[:] = 0.0
        physics.data.qacc_warmstart[:] = data.qacc_warmstart

    # Inertia about the root, and of every joint with it.
    theirs = mass_matrix(physics.model.ptr, physics.data.ptr)
    np.testing.assert_allclose(mass_matrix(model, data), theirs, atol=1e-12, rtol=1e-9)

    random = np.random.RandomState(0)
    low, high = model.actuator_ctrlrange.T
    moved = 0.0
    # Half of each range: under the whole, a rodent tumbles, and the last bits of x + 5 m grow
    # to 2e-7 rad within these steps.
    for _ in range(CONTROL_STEPS):
        ctrl = (low + high) / 2 + random.uniform(-0.25, 0.25, low.shape) * (high - low)
        environment.step(ctrl)
        data.ctrl[:] = ctrl
        mujoco.mj_step(model, data, nstep=scene.config.substeps)
        qpos = shared_start(walker, x, data)
        np.testing.assert_allclose(qpos, physics.data.qpos, atol=1e-9, rtol=0)
        moved = max(moved, float(np.abs(data.qvel).max()))
    assert moved > 0.1
