"""Who is above the platforms has crossed a gap, in the env, in dm_control's loop and in the view.

A walker is carried over the first gaps, its root at a set height, so that what counts is known.
"""

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
import pytest

import vnl_core.rollout.dm_control
from vnl_core.config import Gaps, RolloutConfig, SceneConfig, TaskConfig
from vnl_core.envs import make_env
from vnl_core.envs.layouts import Terrain
from vnl_core.rollout import simulate_dm_control
from vnl_core.scene import Scene, build
from vnl_core.scene.task import composer_environment
from vnl_core.viewer.motion import events

STEPS, GAPS = 40, 2
TASK = TaskConfig(terminations=(), reset_noise=0.0)


def scene_with(height: float) -> Scene:
    return build(
        SceneConfig(
            corridor_length=16,
            arena=Gaps(platform_height=height, platform_length=2.0, gap_length=0.5),
        )
    )


def carried(scene: Scene, z: float) -> np.ndarray:
    """qpos (STEPS + 1, nq) of the start pose, with the root at z from the start past two gaps."""
    start = scene.data().xpos[scene.root_id]
    end = scene.layout.gaps[GAPS - 1].end + 0.2
    root = np.linspace([start[0], 0.0, z], [end, 0.0, z], STEPS + 1)
    qpos = np.tile(scene.qpos, (STEPS + 1, 1))
    qpos[:, :3] += root - start
    return qpos


def in_dm_control(scene: Scene, path: np.ndarray, task: TaskConfig, monkeypatch):
    """dm_control's rollout, in which each step ends at the next pose of `path`."""

    def environment(*args):
        inner = composer_environment(*args)
        after, poses = inner.task.after_step, iter(path[1:])

        def carry(physics, random_state):
            physics.data.qpos[:], physics.data.qvel[:] = next(poses), 0.0
            mujoco.mj_forward(physics.model.ptr, physics.data.ptr)
            after(physics, random_state)

        inner.task.after_step = carry
        return inner

    monkeypatch.setattr(vnl_core.rollout.dm_control, "composer_environment", environment)
    config = RolloutConfig(
        scene=scene.config,
        task=task,
        engine="dm_control",
        policy="zero",
        seconds=STEPS * scene.config.control_timestep,
    )
    return simulate_dm_control(scene, config)


class Carried:
    """An engine whose every step ends at the next pose of `path`."""

    def __init__(self, inner, path: np.ndarray):
        self._inner, self._poses = inner, iter(path[1:])

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def step(self, state, ctrl):
        return self._inner.step(state, ctrl).replace(qpos=jnp.asarray(next(self._poses)))


def in_env(scene: Scene, path: np.ndarray) -> float:
    env = make_env(scene, TASK, "native")
    state = env.reset(jax.random.PRNGKey(0))
    env.physics = Carried(env.physics, path)  # type: ignore[assignment]
    crossed = 0.0
    for _ in range(STEPS):
        state = env.step(state, jnp.zeros(env.action_size))
        crossed += float(state.metrics["gaps_crossed"])
    return crossed


@pytest.mark.parametrize("height", [-0.3, 0.3])
@pytest.mark.parametrize(("over", "expected"), [(0.1, GAPS), (-0.1, 0)])
def test_all_count_the_same_gaps_on_platforms_of_any_height(height, over, expected, monkeypatch):
    scene = scene_with(height)
    path = carried(scene, height + over)
    trajectory = in_dm_control(scene, path, TASK, monkeypatch)
    np.testing.assert_allclose(trajectory.qpos[1:], path[1:])
    assert trajectory.metrics["gaps_crossed"].sum() == expected
    kinds = [event["kind"] for event in events(scene, trajectory)]
    assert kinds.count("crossed") == expected
    assert in_env(scene, path) == expected


def test_dm_control_counts_a_fall_from_the_lowest_platform_as_the_env_does(monkeypatch):
    scene, task = scene_with(-0.5), TASK.changed(terminations=("fall",))
    data = scene.data()
    effectors = [scene.model.body(name).id for name in scene.walker.end_effectors]
    above = data.xpos[scene.root_id, 2] - data.xpos[effectors, 2].min()
    for margin, ended in ((0.01, ""), (-0.01, "fall")):
        path = carried(scene, above - 0.5 + task.terminations["fall"].height + margin)
        assert in_dm_control(scene, path, task, monkeypatch).ended == ended


@pytest.mark.parametrize("arena", ["gaps", "empty"])
def test_a_layout_and_its_arrays_have_one_floor(arena):
    scene = scene_with(0.3) if arena == "gaps" else build(SceneConfig(arena=arena))
    terrain = Terrain.of(scene.layout)
    for x in np.linspace(-1.0, 15.0, 97) + 0.003:
        platforms = [p.height for p in scene.layout.platforms if p.start <= x]
        expected = platforms[-1] if platforms else 0.0
        assert float(terrain.floor(jnp.float32(x))) == pytest.approx(expected)
        for z, found in ((expected + 0.01, x), (expected - 0.01, -np.inf)):
            assert scene.layout.furthest(np.array([[x, 0.0, z]])) == [found]
