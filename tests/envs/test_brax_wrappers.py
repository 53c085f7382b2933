"""The environment under brax's own wrappers, evaluator and training."""

import warnings
from functools import partial

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
import pytest
from brax.envs.wrappers import dm_env as dm_wrapper
from brax.envs.wrappers import training as brax_wrappers
from brax.training.agents.ppo import networks as ppo_networks
from brax.training.agents.ppo import train as brax_ppo

from vnl_core.config import Gaps, SceneConfig, TaskConfig, Uniform
from vnl_core.envs import CorridorEnv

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # gym says that it is unmaintained
    from brax.envs.wrappers import gym as gym_wrapper

SCENE = SceneConfig(
    corridor_length=14,
    arena=Gaps(platform_length=2.0, gap_length=Uniform(low=0.1, high=0.6)),
)
STEPS = 4


def env(engine: str = "native", **task) -> CorridorEnv:
    return CorridorEnv(SCENE, TaskConfig(episode_length=STEPS, **task), engine, threads=1)


def batch(env: CorridorEnv, count: int = 3):
    wrapped = brax_wrappers.wrap(env, episode_length=STEPS)
    return wrapped, jax.jit(wrapped.reset)(jax.random.split(jax.random.PRNGKey(1), count))


def test_braxs_evaluator_shows_how_far_the_walker_came():
    seen: list[dict] = []
    brax_ppo.train(
        env(),
        num_timesteps=3 * 4 * STEPS,
        episode_length=STEPS,
        num_envs=4,
        num_evals=4,
        num_eval_envs=2,
        unroll_length=STEPS,
        batch_size=2,
        num_minibatches=2,
        num_updates_per_batch=1,
        network_factory=partial(
            ppo_networks.make_ppo_networks,
            policy_hidden_layer_sizes=(8,),
            value_hidden_layer_sizes=(8,),
        ),
        progress_fn=lambda _, metrics: seen.append(dict(metrics)),
    )
    assert len(seen) == 4
    for metrics in seen:
        # Nothing moves by more than this in 40 ms, and sums of positions would be 20 m.
        assert 0.0 <= metrics["eval/episode_progress"] < 0.2
        assert not {"eval/episode_furthest_x", "eval/episode_x_position"} & set(metrics)
        assert metrics["eval/episode_ended/unstable"] == 0.0


def test_three_episodes_of_braxs_wrappers_are_three_episodes():
    wrapped, state = batch(env())
    step, push = jax.jit(wrapped.step), jnp.full((3, 8), 0.5)
    paths = []
    for _ in range(3):
        path = []
        for _ in range(STEPS):
            state = step(state, push)
            path.append(np.asarray(state.info["values"]["furthest_x"]))
        assert state.done.all()
        paths.append(path)
    np.testing.assert_array_equal(paths[0], paths[1])
    np.testing.assert_array_equal(paths[0], paths[2])


def test_the_first_step_of_each_episode_follows_no_action():
    wrapped, state = batch(env(rewards={"action_rate": 1.0, "power": 1e-3}))
    step, push = jax.jit(wrapped.step), jnp.full((3, 8), 0.5)
    paid = []
    for _ in range(2 * STEPS):
        state = step(state, push)
        paid.append(float(state.metrics["reward/action_rate"][0]))
        assert state.metrics["reward/power"][0] < 0.0
    assert paid == pytest.approx([-8 * 0.25, *[0.0] * (STEPS - 1)] * 2)


def test_a_curriculum_goes_on_under_braxs_wrappers():
    made = env(terrain="new", curriculum=True, curriculum_start=0.0, curriculum_step=0.5)
    wrapped, state = batch(made)
    step, still = jax.jit(wrapped.step), jnp.zeros((3, 8))
    gaps, difficulties = [], []
    for _ in range(3):
        for i in range(STEPS):
            if i == STEPS - 1:  # the first walker is carried over three gaps, the others fall short
                physics = state.pipeline_state
                far = physics.qpos.at[0, 0].set(9.0)
                state = state.replace(pipeline_state=physics.replace(qpos=far))
            state = step(state, still)
            if i == 0:
                layouts = [made.layout(jax.tree.map(lambda x, k=k: x[k], state)) for k in (0, 1)]
                gaps.append([max(gap.length for gap in layout.gaps) for layout in layouts])
                difficulties.append(np.asarray(state.info["difficulty"]))
    np.testing.assert_array_equal(difficulties, [[0, 0, 0], [0.5, 0, 0], [1, 0, 0]])
    assert gaps[0] == pytest.approx([0.1, 0.1], abs=1e-4)
    assert 0.2 < gaps[1][0] < 0.36
    assert 0.35 < gaps[2][0] < 0.61
    assert gaps[2][1] == pytest.approx(0.1, abs=1e-4)


def test_gym_and_dm_env_wrappers_step_and_draw():
    ours = env()
    plain = gym_wrapper.GymWrapper(ours)
    assert plain.action_space.low.tolist() == [-1.0] * 8  # type: ignore[attr-defined]
    first = plain.reset()
    after, reward, done, info = plain.step(np.full(8, 0.3, np.float32))
    assert first.shape == after.shape == (ours.observation_size,)
    assert (float(done), info["values"]["x_position"] > 4.9) == (0.0, True)
    assert np.isfinite(reward)
    assert np.std(plain.render(mode="rgb_array")) > 5.0
    vector = gym_wrapper.VectorGymWrapper(brax_wrappers.VmapWrapper(ours, batch_size=2))
    vector.reset()
    assert vector.step(np.zeros((2, 8), np.float32))[0].shape == (2, ours.observation_size)
    dm = dm_wrapper.DmEnvWrapper(ours)
    assert dm.reset().first()
    assert dm.step(np.zeros(8, np.float32)).mid()
    assert dm.action_spec().minimum.tolist() == [-1.0] * 8


def heavier(sys, factors):
    mass = factors[:, None] * sys.body_mass
    axes = jax.tree.map(lambda _: None, sys)
    return sys.tree_replace({"body_mass": mass}), axes.tree_replace({"body_mass": 0})


@pytest.mark.parametrize("engine", ["native", pytest.param("mjx", marks=pytest.mark.slow)])
def test_domain_randomisation_gives_each_simulation_its_own_mass(engine):
    ours, factors = env(engine), jnp.array([1.0, 3.0])
    wrapped = brax_wrappers.DomainRandomizationVmapWrapper(ours, partial(heavier, factors=factors))
    state = jax.jit(wrapped.reset)(jnp.stack([jax.random.PRNGKey(0)] * 2))
    step, push = jax.jit(wrapped.step), jnp.full((2, 8), 0.5)
    alone = jax.jit(ours.reset)(jax.random.PRNGKey(0))
    alone_step = jax.jit(ours.step)
    for _ in range(3):
        state, alone = step(state, push), alone_step(alone, push[0])
    ends = np.asarray(state.pipeline_state.qpos)
    np.testing.assert_allclose(ends[0], alone.pipeline_state.qpos, atol=1e-5)
    assert np.abs(ends[1] - ends[0]).max() > 1e-3
    # Brax's wrapper has put back what it changed.
    again = alone_step(jax.jit(ours.reset)(jax.random.PRNGKey(0)), push[0])
    np.testing.assert_array_equal(
        again.pipeline_state.qpos,
        alone_step(jax.jit(ours.reset)(jax.random.PRNGKey(0)), push[0]).pipeline_state.qpos,
    )


def test_gravity_of_sys_is_that_of_mujoco():
    ours = CorridorEnv(SCENE, TaskConfig(reset_noise=0.0), "native", threads=1)
    ours.sys = ours.sys.tree_replace({"opt.gravity": jnp.array([0.0, 0.0, -1.0])})
    state = ours.reset(jax.random.PRNGKey(0))
    lifted = state.pipeline_state.qpos.at[2].add(1.0)  # type: ignore[union-attr]
    physics = ours.physics.init(lifted, jnp.zeros(14))
    for _ in range(3):
        physics = ours.physics.step(physics, jnp.zeros(8))
    data = mujoco.MjData(ours.scene.model)
    data.qpos[:] = lifted
    gravity = ours.scene.model.opt.gravity.copy()
    ours.scene.model.opt.gravity[:] = [0.0, 0.0, -1.0]
    for _ in range(3 * SCENE.substeps):
        mujoco.mj_step(ours.scene.model, data)
    ours.scene.model.opt.gravity[:] = gravity
    np.testing.assert_allclose(physics.qpos, data.qpos, atol=1e-6)


def test_a_change_that_the_physics_does_not_read_is_refused():
    ours = env()
    sys = ours.sys
    with pytest.raises(ValueError, match=r"sys\.link\.inertia\.mass.*body_mass"):
        ours.sys = sys.tree_replace({"link.inertia.mass": sys.link.inertia.mass * 2})
    ours.sys = sys
