"""Terrains drawn in JAX: dm_control's own from the same numbers, another one each episode."""

import functools

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vnl_core.config import Cycle, Gaps, Growing, SceneConfig, TaskConfig, Uniform, Walls
from vnl_core.envs import make_env
from vnl_core.envs.layouts import FAR, GAP_DEPTH, Terrain, draw
from vnl_core.physics.terrain_models import terrain_geoms
from vnl_core.scene import build
from vnl_core.training.episodes import Episodes, FreshResets

GAPS = SceneConfig(
    corridor_length=14,
    arena=Gaps(
        platform_length=Uniform(low=0.8, high=1.5),
        gap_length=Uniform(low=0.3, high=0.9),
        platform_height=Uniform(low=-0.1, high=0.2),
    ),
)
WALLS = SceneConfig(
    corridor_length=20,
    arena=Walls(
        wall_gap=Uniform(low=1, high=3),
        wall_width=Uniform(low=1, high=2),
        wall_height=Uniform(low=0.5, high=2),
    ),
)
EXACT = (0.05, 0.1, 0.15, 0.2)
TASK = TaskConfig(terrain="new", observations=("qpos", "height_scan", "gap_edges"))


@pytest.mark.parametrize("config", [GAPS, WALLS, WALLS.changed(wall_swap_side=False)])
def test_it_is_the_scene_that_dm_control_builds_from_the_same_numbers(config):
    terrain = draw(config, jax.random.PRNGKey(3))
    scene = build(config, terrain.layout())
    geoms = terrain_geoms(scene.model)
    boxes = terrain.boxes()
    used = boxes.position[:, 0] < FAR
    assert used.sum() == len(geoms) > 3
    np.testing.assert_allclose(boxes.position[used], scene.model.geom_pos[geoms], atol=1e-5)
    np.testing.assert_allclose(boxes.size[used], scene.model.geom_size[geoms], atol=1e-5)
    assert scene.layout.finish == pytest.approx(float(terrain.finish), abs=1e-5)
    # And read off that scene, it is the same terrain.
    again = Terrain.of(scene.layout)
    x = jnp.linspace(-1, 15, 500)
    np.testing.assert_allclose(terrain.height(x, 0.9), again.height(x, 0.9), atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(
    low=st.floats(0.0, 1.0), spread=st.floats(0.0, 1.0), seed=st.integers(0, 2**31 - 1),
    difficulty=st.floats(0.0, 1.0),
)  # fmt: skip
def test_what_is_drawn_keeps_to_the_config(low, spread, seed, difficulty):
    gap = Uniform(low=low, high=low + spread)
    config = SceneConfig(
        corridor_length=20,
        arena=Gaps(gap_length=gap, platform_length=1.0),
    )
    layout = draw(config, jax.random.PRNGKey(seed), difficulty).layout()
    lengths = np.array([gap.length for gap in layout.gaps])
    assert (lengths > low - 1e-4).all()
    assert (lengths < low + difficulty * spread + 1e-4).all()
    assert layout.platforms[0][:2] == (0.0, 6.0)
    assert layout.platforms[-1].start < 20 <= layout.platforms[-1].end + low + spread + 1e-4
    assert layout.finish == pytest.approx(min(20, layout.platforms[-1].end), abs=1e-5)


def test_exact_and_growing_gaps_are_the_same_in_every_draw():
    config = SceneConfig(arena=Gaps(gap_length=Cycle(values=EXACT)), corridor_length=20)
    for seed in range(3):
        gaps = draw(config, jax.random.PRNGKey(seed)).layout().gaps
        np.testing.assert_allclose([g.length for g in gaps[:6]], [*EXACT, *EXACT[:2]], atol=1e-5)
    growing = config.changed(gap_length=Growing(first=0.1, step=0.1, last=0.35))
    gaps = draw(growing, jax.random.PRNGKey(0)).layout().gaps
    np.testing.assert_allclose([g.length for g in gaps[:5]], [0.1, 0.2, 0.3, 0.35, 0.35], atol=1e-5)


def test_each_environment_has_its_own_and_each_episode_a_new_one():
    env = FreshResets(Episodes(make_env(GAPS, TASK, "native", threads=2), episode_length=2))
    actions = jnp.zeros((4, 8))
    step = jax.jit(env.step)
    state = jax.jit(env.reset)(jax.random.split(jax.random.PRNGKey(0), 4))
    first = np.asarray(state.info["terrain"].ends)
    assert len(np.unique(first[:, 1])) == 4
    state = step(state, actions)
    np.testing.assert_array_equal(state.info["terrain"].ends, first)
    state = step(state, actions)  # the episode's last step: the state is the next one's first
    second = np.asarray(state.info["terrain"].ends)
    assert (first[:, 1] != second[:, 1]).all()
    boxes = state.pipeline_state.boxes
    np.testing.assert_allclose(boxes.position[:, 1, 0] + boxes.size[:, 1, 0], second[:, 1])


@functools.cache
def new_terrain_env(engine: str):
    wide = Uniform(low=1.8, high=2.4)  # an ant's legs span a narrow one
    config = GAPS.changed(platform_height=0.0, gap_length=wide, corridor_length=20)
    return make_env(config, TASK, engine, threads=2)


@pytest.mark.parametrize("engine", ["native", "mjx"])
def test_the_walker_meets_the_terrain_that_it_sees(engine):
    """Walkers put over the middle of their own gap fall; on their own platform they stand."""
    env = new_terrain_env(engine)
    states = jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.PRNGKey(5), 4))
    terrain = states.info["terrain"]
    gap = (terrain.ends[:, 2] + terrain.starts[:, 3]) / 2
    platform = (terrain.starts[:, 2] + terrain.ends[:, 2]) / 2
    # The platform of one is no platform of another.
    x = jnp.stack([gap[0], platform[1], platform[2], gap[3]])
    qpos = states.pipeline_state.qpos.at[:, 0].set(x)
    nv = env.scene.model.nv

    def drop(qpos, boxes):
        state = env.physics.init(qpos, jnp.zeros(nv), boxes)
        zero = jnp.zeros(env.action_size)
        return jax.lax.scan(lambda s, _: (env.physics.step(s, zero), None), state, length=60)[0]

    after = jax.jit(jax.vmap(drop))(qpos, states.pipeline_state.boxes)
    height = np.asarray(after.qpos[:, 2])
    assert (height[[0, 3]] < -1.5).all()
    assert (height[[1, 2]] > -0.3).all()
    seen = [
        env.terrain(jax.tree.map(lambda v, i=i: v[i], states)).height(x[i : i + 1], 0.0)[0]
        for i in range(4)
    ]
    np.testing.assert_array_equal(seen, [GAP_DEPTH, 0.0, 0.0, GAP_DEPTH])


def test_native_on_a_drawn_terrain_is_mujoco_on_the_scene_built_from_it():
    """The moved boxes of one model against a scene compiled with that terrain."""
    env = make_env(GAPS, TASK, "native", threads=2)
    state = jax.jit(env.reset)(jax.random.PRNGKey(8))
    layout = env.layout(state)
    built = build(GAPS, layout)
    platform = layout.platforms[3]
    qpos = np.array(state.pipeline_state.qpos)
    qpos[:3] = [platform.end, 0.2, platform.height + 0.05]  # over an edge: both must agree on it
    ctrls = jax.random.uniform(jax.random.PRNGKey(9), (40, 8), minval=-1, maxval=1)

    @jax.jit
    def roll(qpos, boxes):
        start = env.physics.init(qpos, jnp.zeros(14), boxes)
        return jax.lax.scan(lambda s, c: (env.physics.step(s, c), s.qpos), start, ctrls)[0].qpos

    data = mujoco.MjData(built.model)
    data.qpos[:] = qpos
    for ctrl in ctrls:
        data.ctrl[:] = ctrl
        mujoco.mj_step(built.model, data, nstep=GAPS.substeps)
    assert data.ncon > 0
    np.testing.assert_allclose(
        roll(jnp.asarray(qpos), state.pipeline_state.boxes), data.qpos, atol=2e-3
    )


def test_fixed_terrain_is_the_scene_s_own():
    env = make_env(GAPS, TASK.changed(terrain="fixed"), "native", threads=2)
    states = [jax.jit(env.reset)(jax.random.PRNGKey(seed)) for seed in range(2)]
    assert env.layout(states[0]) == env.layout(states[1]) == env.scene.layout


def test_a_walker_on_a_raised_platform_is_healthy_and_a_fall_counts_from_the_lowest():
    config = SceneConfig(
        corridor_length=10,
        arena=Gaps(platform_height=0.5, platform_length=2.0),
    )
    task = TaskConfig(terrain="new", healthy_height=(0.2, 0.8))
    env = make_env(config, task, "native", threads=2)
    state, step = jax.jit(env.reset)(jax.random.PRNGKey(0)), jax.jit(env.step)

    def at(x: float, z: float):
        qpos = state.pipeline_state.qpos.at[0].set(x).at[2].set(z)
        moved = state.replace(pipeline_state=state.pipeline_state.replace(qpos=qpos))
        return step(moved, jnp.zeros(8)).metrics

    assert at(7.0, 0.5)["ended/unhealthy"] == 0.0
    assert at(7.0, 0.0)["ended/unhealthy"] == 1.0
    assert at(5.0, 0.0)["ended/unhealthy"] == 0.0
    assert at(5.0, -2.0)["ended/fall"] == 1.0


def test_the_curriculum_follows_success_in_each_environment():
    task = TASK.changed(
        curriculum=True, curriculum_start=0.5, curriculum_threshold=0.8, curriculum_step=0.25
    )
    env = make_env(GAPS, task, "native", threads=2)
    begin = jax.jit(env.begin)
    first = begin(jax.random.PRNGKey(0))
    assert first.info["difficulty"] == 0.5
    evaluated = env.evaluation_reset(jax.random.PRNGKey(0))
    assert evaluated.info["difficulty"] == 1.0

    def after(met: int, crossed: int) -> float:
        gaps = env.layout(first).gaps
        info = {
            **first.info,
            "reached_x": jnp.float32(gaps[met].start - 0.01),
            "furthest_x": jnp.float32(gaps[crossed].start - 0.01),
        }
        return float(begin(jax.random.PRNGKey(1), first.replace(info=info)).info["difficulty"])

    assert after(met=4, crossed=4) == 0.75
    assert after(met=4, crossed=2) == 0.5
    assert after(met=4, crossed=1) == 0.25
    assert after(met=0, crossed=0) == 0.5

    hard, easy = first, first.replace(info={**first.info, "difficulty": jnp.zeros(())})
    lengths = [
        np.mean([g.length for g in env.layout(begin(jax.random.PRNGKey(2), s)).gaps])
        for s in (hard, easy)
    ]
    assert lengths[1] == pytest.approx(0.3, abs=1e-3)
    assert lengths[0] > 0.35
