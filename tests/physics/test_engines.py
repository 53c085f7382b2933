"""Both engines: the same physics under jit, vmap and scan."""

import functools

import absl.logging
import jax
import jax.numpy as jnp
import mujoco
import numpy as np
import pytest

from vnl_core.config import Gaps, MjxConfig, SceneConfig, Walls
from vnl_core.physics import choose_engine, make_physics
from vnl_core.scene import build

SCENE = SceneConfig(
    corridor_length=10,
    arena=Gaps(platform_length=2.0, gap_length=1.5),
)
EXTRAS = ("cinert", "cvel", "qfrc_actuator")
ENGINES = ["native", "mjx"]
BATCH, STEPS = 3, 100


@functools.cache
def scene():
    return build(SCENE)


@functools.cache
def engine(name: str):
    return make_physics(scene(), name, threads=2, extras=EXTRAS)


@functools.cache
def random_walk(name: str):
    """States over 100 control steps of random controls from noisy starts, (batch, time, …).

    The second walker starts over the gap.
    """
    physics = engine(name)
    key_start, key_ctrl = jax.random.split(jax.random.PRNGKey(0))
    qpos = jnp.asarray(scene().qpos, jnp.float32) + 0.01 * jax.random.normal(
        key_start, (BATCH, scene().model.nq)
    )
    gap = scene().layout.gaps[0]
    qpos = qpos.at[1, 0].set((gap.start + gap.end) / 2)
    ctrls = jax.random.uniform(key_ctrl, (BATCH, STEPS, scene().model.nu), minval=-1, maxval=1)

    def walk(qpos, ctrls):
        def step(state, ctrl):
            state = physics.step(state, ctrl)
            return state, state.replace(engine=None)

        first = physics.init(qpos, jnp.zeros(scene().model.nv))
        return first.replace(engine=None), jax.lax.scan(step, first, ctrls)[1]

    first, states = jax.device_get(jax.jit(jax.vmap(walk))(qpos, ctrls))
    return first, states, np.asarray(qpos), np.asarray(ctrls)


@pytest.mark.parametrize("name", ENGINES)
def test_shapes_and_finiteness(name):
    _, states, _, _ = random_walk(name)
    model = scene().model
    assert states.qpos.shape == (BATCH, STEPS, model.nq)
    assert states.end_effectors.shape == (BATCH, STEPS, 4, 3)
    assert states.extras["cinert"].shape == (BATCH, STEPS, model.nbody, 10)
    for leaf in jax.tree.leaves(states):
        assert leaf.dtype == (np.int32 if leaf is states.unstable else np.float32)
        assert np.isfinite(leaf).all()
    assert not states.unstable.any()
    np.testing.assert_allclose(states.time[:, -1], STEPS * SCENE.control_timestep, rtol=1e-4)


@pytest.mark.parametrize("name", ENGINES)
def test_a_walker_over_a_gap_falls_and_others_do_not(name):
    _, states, _, _ = random_walk(name)
    assert states.qpos[1, -1, 2] < -2.0
    assert (states.qpos[[0, 2], -1, 2] > -0.5).all()


@pytest.mark.parametrize("name", ENGINES)
def test_a_wall_stops_what_is_driven_into_it(name):
    """A ball rolls at 5 m/s: without the wall it would be metres behind it."""
    built = build(
        SceneConfig(
            walker="rolling_ball",
            corridor_length=12,
            arena=Walls(wall_width=4.9, wall_gap=0.5),
            control_timestep=0.02,
        )
    )
    physics, wall = make_physics(built, name, threads=2), built.layout.walls[0]
    roll = built.model.actuator("walker/roll").id
    forwards = jnp.zeros(built.model.nu).at[roll].set(-1.0)

    @jax.jit
    def drive(qpos):
        state = physics.init(qpos, jnp.zeros(built.model.nv))
        return jax.lax.scan(
            lambda s, _: (physics.step(s, forwards), s.subtree_com[0]), state, length=150
        )[1]

    x = np.asarray(drive(jnp.asarray(built.qpos)))
    assert x.max() < wall.x
    assert x.max() > wall.x - 1.0


def test_engines_agree_over_100_control_steps():
    """500 physics steps of ant under random controls, feet on the floor.

    Measured: qpos to 7e-6, float32 against float64; the bound leaves room for other processors.
    The walker that falls scrapes the platforms' edges, where the engines' capsule-box contacts
    differ; it is held to the steps before.
    """
    native, mjx = random_walk("native")[1], random_walk("mjx")[1]
    standing, falling = np.array([0, 2]), np.array([1])
    for walkers, steps in ((standing, STEPS), (falling, 10)):
        for name in ("qpos", "qvel", "subtree_com", "end_effectors"):
            a, b = (getattr(states, name)[walkers, :steps] for states in (native, mjx))
            np.testing.assert_allclose(a, b, atol=1e-3, err_msg=name)
        for name in EXTRAS:
            a, b = (states.extras[name][walkers, :steps] for states in (native, mjx))
            scale = np.abs(a).max()  # inertias about the tree's centre are in the thousands
            np.testing.assert_allclose(a / scale, b / scale, atol=1e-3, err_msg=name)


def test_native_is_mujoco_step_by_step():
    """The batched engine against a plain loop over mj_step, through float32 states."""
    _, states, qpos, ctrls = random_walk("native")
    model = scene().model
    for walker in range(BATCH):
        data = mujoco.MjData(model)
        data.qpos[:] = qpos[walker]
        for step in range(20):
            data.ctrl[:] = ctrls[walker, step]
            mujoco.mj_step(model, data, nstep=SCENE.substeps)
            np.testing.assert_allclose(states.qpos[walker, step], data.qpos, atol=1e-4)


def test_init_measures_the_pose_it_was_given():
    first, _, qpos, _ = random_walk("native")
    data = mujoco.MjData(scene().model)
    data.qpos[:] = qpos[0]
    mujoco.mj_forward(scene().model, data)
    np.testing.assert_allclose(first.subtree_com[0], data.subtree_com[scene().root_id], atol=1e-5)
    feet = [data.body(name).xpos for name in scene().walker.end_effectors]
    np.testing.assert_allclose(first.end_effectors[0], feet, atol=1e-5)


def test_one_simulation_is_the_batch_of_one():
    physics = engine("native")
    state = physics.init(jnp.asarray(scene().qpos), jnp.zeros(scene().model.nv))
    ctrl = jnp.full(scene().model.nu, 0.3)
    alone = physics.step(state, ctrl)
    batched = jax.vmap(physics.step)(
        jax.tree.map(lambda x: jnp.stack([x, x]), state), jnp.stack([ctrl, ctrl])
    )
    for a, b in zip(jax.tree.leaves(alone), jax.tree.leaves(batched), strict=True):
        np.testing.assert_array_equal(a, b[1])


def test_mjx_says_all_that_it_cannot_simulate():
    adaptation = MjxConfig(capsules=False, pyramidal_cone=False, self_contact=True)
    rodent = build(SCENE.changed(walker="rodent", cone="elliptic", mjx=adaptation))
    with pytest.raises(ValueError, match="native") as refusal:
        make_physics(rodent, "mjx")
    for word in ("ellipsoid–box contact", "elliptic cone", "walker/collision_torso"):
        assert word in str(refusal.value)


def test_warp_says_what_it_lacks():
    if any(device.platform == "gpu" for device in jax.devices()):
        pytest.skip("there is a CUDA device")
    with pytest.raises(ValueError, match=r"no CUDA device.*\.\[gpu\]"):
        make_physics(scene(), "mjx-warp")


def test_auto_says_why():
    name, why = choose_engine(scene())
    assert name == ("native" if jax.default_backend() == "cpu" else "mjx")
    assert "accelerator" in why


def test_unknown_engines_are_named():
    with pytest.raises(ValueError, match="'bullet'"):
        make_physics(scene(), "bullet")


@pytest.mark.parametrize("walker", ["rodent", "cmu_humanoid"])
def test_large_walkers_run_on_the_native_engine(walker):
    built = build(SceneConfig(walker=walker, corridor_length=8, physics_timestep=0.001))
    physics = make_physics(built, "native", threads=2)
    key = jax.random.PRNGKey(1)
    ctrls = jax.random.uniform(key, (100, built.model.nu), minval=-1, maxval=1)

    @jax.jit
    def roll(qpos, ctrls):
        state = physics.init(qpos, jnp.zeros(built.model.nv))
        return jax.lax.scan(lambda s, c: (physics.step(s, c), s.qpos), state, ctrls)[1]

    qpos = roll(jnp.asarray(built.qpos), ctrls)
    assert np.isfinite(qpos).all()
    assert np.abs(qpos[-1, 7:] - qpos[0, 7:]).max() > 0.1  # the controls moved it
    assert -0.5 < qpos[-1, 2] < 1.5


def test_an_unstable_batch_does_not_fill_the_log(caplog):
    physics = engine("native")
    state = physics.init(jnp.asarray(scene().qpos), jnp.full(scene().model.nv, 1e11))
    assert physics.step(state, jnp.zeros(scene().model.nu)).unstable > 0
    absl.logging.warning("another warning")
    assert "unstable" not in caplog.text
    assert "another warning" in caplog.text
