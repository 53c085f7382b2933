"""CorridorEnv: brax's protocol, with consequences."""

import functools

import brax.envs
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from brax.envs.wrappers.training import AutoResetWrapper, EpisodeWrapper, VmapWrapper

from vnl_core.config import Gaps, SceneConfig, TaskConfig
from vnl_core.envs import CorridorEnv, make_env
from vnl_core.presets import PRESETS

SCENE = SceneConfig(
    corridor_length=14,
    arena=Gaps(platform_length=2.0, gap_length=0.5),
)
EVERYTHING = TaskConfig(
    observations=(
        "qpos",
        "qvel",
        "cinert",
        "cvel",
        "qfrc_actuator",
        "lateral_position",
        "height_scan",
        "gap_edges",
    ),
    rewards={
        "forward": 1.0,
        "distance": 2.0,
        "alive": 0.5,
        "control_cost": 0.1,
        "target_speed": 1.0,
        "gap_crossed": 1.0,
    },
)


@functools.cache
def env(engine: str = "native") -> CorridorEnv:
    return make_env(SCENE, EVERYTHING, engine, threads=2)


@functools.cache
def jitted(engine: str = "native"):
    return jax.jit(env(engine).reset), jax.jit(env(engine).step)


def moved(state, x: float | None = None, z: float | None = None):
    """`state` with the walker's free joint put elsewhere."""
    qpos = state.pipeline_state.qpos
    qpos = qpos if x is None else qpos.at[0].set(x)
    qpos = qpos if z is None else qpos.at[2].set(z)
    return state.replace(pipeline_state=state.pipeline_state.replace(qpos=qpos))


@pytest.mark.parametrize("engine", ["native", "mjx"])
def test_reset_and_step_keep_shapes_types_and_structure(engine):
    reset, step = jitted(engine)
    state = reset(jax.random.PRNGKey(0))
    after = step(state, jnp.zeros(env(engine).action_size))
    shapes = functools.partial(jax.tree.map, lambda x: (x.shape, x.dtype, x.weak_type))
    assert shapes(state) == shapes(after)  # else a scan would refuse it, or compile twice
    assert state.obs.shape == (env(engine).observation_size,)
    terms = env(engine).observation_terms
    assert list(terms) == list(EVERYTHING.observations)
    model = env(engine).scene.model
    assert (terms["qpos"], terms["qvel"]) == (model.nq - 2, model.nv)
    assert after.done.dtype == jnp.float32
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(after))
    assert {*after.metrics, *after.info["values"]} == set(env(engine).metric_kinds)


def test_engines_see_and_pay_the_same():
    states = {}
    actions = jax.random.uniform(jax.random.PRNGKey(2), (20, 8), minval=-1, maxval=1)
    for engine in ("native", "mjx"):
        reset, step = jitted(engine)
        state = reset(jax.random.PRNGKey(1))
        for action in actions:
            state = step(state, action)
        states[engine] = state
    native, mjx = states["native"], states["mjx"]
    np.testing.assert_allclose(native.reward, mjx.reward, atol=1e-2)
    scale = np.maximum(1.0, np.abs(native.obs))  # inertias about the tree's centre are huge
    np.testing.assert_allclose(native.obs / scale, mjx.obs / scale, atol=1e-3)


def test_the_reward_is_the_sum_of_its_weighted_terms():
    reset, step = jitted()
    state = step(reset(jax.random.PRNGKey(0)), jnp.full(8, 0.5))
    shares = [v for k, v in state.metrics.items() if k.startswith("reward/")]
    assert len(shares) == len(EVERYTHING.rewards)
    assert state.reward == pytest.approx(float(sum(shares)), abs=1e-5)
    assert state.metrics["reward/control_cost"] == pytest.approx(-0.1 * 8 * 0.25)
    assert state.metrics["reward_quadctrl"] == state.metrics["reward/control_cost"]


def test_falling_into_a_gap_ends_the_episode():
    reset, step = jitted()
    state = moved(reset(jax.random.PRNGKey(0)), x=8.25)  # over the first gap
    # The gap is half a metre: the ant's legs span it. A metre lower they do not.
    state = moved(state, z=-1.0)
    state = step(state, jnp.zeros(8))
    assert state.done == 1.0
    assert state.metrics["fell"] == 1.0
    assert state.metrics["ended/fall"] == 1.0
    assert state.metrics["ended/finished"] == 0.0


def test_reaching_the_end_finishes():
    reset, step = jitted()
    state = step(moved(reset(jax.random.PRNGKey(0)), x=14.1), jnp.zeros(8))
    assert state.done == 1.0
    assert state.metrics["finished"] == 1.0


def test_gaps_are_counted_once_and_only_from_above():
    reset, step = jitted()
    start = reset(jax.random.PRNGKey(0))

    def crossed(state) -> tuple:
        state = step(state, jnp.zeros(8))
        return state, float(state.metrics["gaps_crossed"])

    over, count = crossed(moved(start, x=9.0))
    assert count == 1.0
    back, count = crossed(moved(over, x=7.0))
    assert count == 0.0
    _, count = crossed(moved(back, x=9.0))
    assert count == 0.0
    _, count = crossed(moved(start, x=9.0, z=-1.0))
    assert count == 0.0


def test_metrics_are_about_the_walkers_root():
    reset, step = jitted()
    state = step(moved(reset(jax.random.PRNGKey(0)), x=7.0), jnp.zeros(8))
    assert state.info["values"]["x_position"] == pytest.approx(7.0, abs=0.05)
    assert state.info["values"]["distance_from_origin"] == pytest.approx(2.0, abs=0.05)


def test_root_position_is_mujocos():
    for walker in ("ant", "rodent", "cmu_humanoid"):
        walking = make_env(SCENE.changed(walker=walker, spawn_rotation=0.7), TaskConfig(), "native")
        data = walking.scene.data()
        physics = walking.physics.init(jnp.asarray(data.qpos), jnp.zeros(walking.scene.model.nv))
        np.testing.assert_allclose(
            walking.root_position(physics), data.xpos[walking.scene.root_id], atol=1e-5
        )


def test_resets_differ_by_key_and_stay_within_the_noise():
    reset, _ = jitted()
    states = jax.vmap(reset)(jax.random.split(jax.random.PRNGKey(0), 8))
    qpos = np.asarray(states.pipeline_state.qpos)
    assert len(np.unique(qpos[:, 0])) == 8
    np.testing.assert_array_less(np.abs(qpos - env().scene.qpos), EVERYTHING.reset_noise + 1e-5)


def test_actions_cover_the_control_range_and_are_clipped():
    low, high = env().scene.model.actuator_ctrlrange.T
    np.testing.assert_allclose(env().control(jnp.full(8, -1.0)), low)
    np.testing.assert_allclose(env().control(jnp.full(8, 5.0)), high)


def test_it_is_braxs_walker_and_takes_braxs_wrappers():
    walker = brax.envs.get_environment("walker")
    assert isinstance(walker, CorridorEnv)
    assert walker.scene.config == PRESETS["seed-notebook"].run.scene
    wrapped = VmapWrapper(EpisodeWrapper(env(), episode_length=3, action_repeat=1))

    @jax.jit
    def roll(keys):
        def step(state, _):
            state = wrapped.step(state, jnp.zeros((4, 8)))
            return state, state.done

        return jax.lax.scan(step, wrapped.reset(keys), length=3)

    state, done = roll(jax.random.split(jax.random.PRNGKey(0), 4))
    np.testing.assert_array_equal(done, [[0] * 4, [0] * 4, [1] * 4])
    assert state.info["truncation"].all()


@pytest.mark.parametrize("engine", ["native", "mjx"])
@pytest.mark.parametrize("late", [False, True])
def test_an_unstable_simulation_ends_its_episode_unpaid_and_no_other(engine, late):
    keys = jax.random.split(jax.random.PRNGKey(0), 3)
    state, step = jax.vmap(jitted(engine)[0])(keys), jax.jit(jax.vmap(env(engine).step))
    still = jnp.zeros((3, 8))
    if late:
        state = step(state, still)
    physics = state.pipeline_state
    broken = state.replace(
        pipeline_state=physics.replace(
            qvel=physics.qvel.at[1, 0].set(1e11),
            engine=physics.engine.replace(qvel=physics.engine.qvel.at[1, 0].set(1e11))
            if engine == "mjx"
            else physics.engine,
        )
    )
    after, undisturbed = step(broken, still), step(state, still)
    np.testing.assert_array_equal(after.done, [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(after.metrics["ended/unstable"], [0.0, 1.0, 0.0])
    assert after.reward[1] == 0.0
    for ours, theirs in zip(jax.tree.leaves(after), jax.tree.leaves(undisturbed), strict=True):
        np.testing.assert_array_equal(np.asarray(ours)[[0, 2]], np.asarray(theirs)[[0, 2]])
    # It has not gone back to the start, as MuJoCo by itself would.
    np.testing.assert_array_equal(after.pipeline_state.qpos[1], state.pipeline_state.qpos[1])
    for values in (after.obs, after.reward, *after.metrics.values()):
        assert np.isfinite(values).all()


def test_a_gap_is_paid_in_every_episode_under_braxs_own_resets():
    wrapped = AutoResetWrapper(EpisodeWrapper(VmapWrapper(env()), 2, action_repeat=1))
    step, still = jax.jit(wrapped.step), jnp.zeros((2, 8))
    state = jax.jit(wrapped.reset)(jax.random.split(jax.random.PRNGKey(0), 2))
    paid = []
    for _ in range(3):
        state = step(state, still)
        physics = state.pipeline_state
        beyond = physics.replace(qpos=physics.qpos.at[0, 0].set(9.0))
        state = step(state.replace(pipeline_state=beyond), still)
        np.testing.assert_array_equal(state.done, [1.0, 1.0])
        paid.append(np.asarray(state.metrics["reward/gap_crossed"]))
    np.testing.assert_array_equal(paid, [[1.0, 0.0]] * 3)


@pytest.mark.parametrize("engine", ["native", "mjx"])
def test_every_start_has_a_unit_quaternion(engine):
    state = jitted(engine)[0](jax.random.PRNGKey(5))
    assert np.linalg.norm(state.pipeline_state.qpos[3:7]) == pytest.approx(1.0, abs=1e-6)
    assert np.ptp(state.pipeline_state.qpos[4:7]) > 0.0  # turned, all the same
