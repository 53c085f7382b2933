"""Both ways to call NumPy back do the same, also when the called function fails."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vnl_core.config import Gaps, SceneConfig, TaskConfig, Uniform
from vnl_core.envs import CorridorEnv
from vnl_core.physics.callback import call_back

SHAPES = {
    "sum": jax.ShapeDtypeStruct((), jnp.float32),
    "both": jax.ShapeDtypeStruct((4,), jnp.int32),
}


def fill(out, pair, y):
    x = pair["x"]
    out["sum"][...] = x.sum(axis=-1) + y
    out["both"][...] = np.concatenate([x, x + y[..., None]], axis=-1)


def walk(start, ys):
    """Calls back at each of some steps, each on what came of the one before."""

    def step(x, y):
        told = call_back(fill, SHAPES, {"x": x}, y)
        return told["both"][1:3], told

    return jax.lax.scan(step, start, ys)[1]


@pytest.fixture(params=["in XLA's memory", "for several devices"])
def way(request, monkeypatch):
    devices = 1 if request.param == "in XLA's memory" else 2
    monkeypatch.setattr(jax, "device_count", lambda: devices)


def test_it_computes_under_jit_vmap_and_scan(way):
    starts = np.arange(10, dtype=np.int32).reshape(5, 2)
    ys = np.arange(15, dtype=np.int32).reshape(5, 3)
    told = jax.jit(jax.vmap(walk))(starts, ys)
    for i, x in enumerate(starts):
        for t, y in enumerate(ys[i]):
            both = np.concatenate([x, x + y])
            assert told["sum"][i, t] == x.sum() + y
            np.testing.assert_array_equal(told["both"][i, t], both)
            x = both[1:3]


def test_an_input_that_is_the_same_for_all_comes_once_for_each(way):
    told = jax.vmap(lambda x: call_back(fill, SHAPES, {"x": x}, jnp.int32(7)))(
        np.arange(6, dtype=np.int32).reshape(3, 2)
    )
    np.testing.assert_array_equal(told["sum"], [8, 12, 16])


def test_a_failure_is_told(way):
    def fail(out, x):
        raise ArithmeticError("no such walker")

    with pytest.raises(Exception, match="no such walker"):
        jax.block_until_ready(jax.jit(lambda x: call_back(fail, SHAPES, x))(jnp.zeros(2)))


def test_batches_of_batches_matrices_and_what_is_not_there(way):
    def outer(out, x, nothing):
        assert nothing is None
        out[...] = x[..., :, None] * x[..., None, :]

    def one(x):
        return call_back(outer, jax.ShapeDtypeStruct((2, 2), jnp.float32), x, None)

    x = jnp.arange(12.0).reshape(2, 3, 2)
    np.testing.assert_array_equal(jax.vmap(jax.vmap(one))(x), x[..., :, None] * x[..., None, :])


def test_the_same_call_is_compiled_once_outside_jit(way):
    def double(out, x):
        out[...] = 2 * x

    def call():
        return call_back(double, jax.ShapeDtypeStruct((3,), jnp.float32), x)

    x, compiled = jnp.ones(3), []
    call()
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, duration_secs, **_: (
            compiled.append(event) if "backend_compile" in event else None
        )
    )
    np.testing.assert_array_equal(call(), [2, 2, 2])
    assert not compiled


def test_an_environment_is_the_same_for_several_devices(monkeypatch):
    scene = SceneConfig(
        corridor_length=10,
        arena=Gaps(platform_length=2.0, gap_length=Uniform(low=0.1, high=0.4)),
    )
    task = TaskConfig(terrain="new", observations=("qpos", "cinert", "cvel"))
    env = CorridorEnv(scene, task, "native", threads=2)

    def walk(key):
        return env.step(env.reset(key), jnp.full(env.action_size, 0.3))

    keys = jax.random.split(jax.random.PRNGKey(0), 3)
    states = []
    for devices in (1, 2):
        monkeypatch.setattr(jax, "device_count", lambda devices=devices: devices)
        states.append(jax.jit(lambda keys: jax.vmap(walk)(keys))(keys))
    jax.tree.map(np.testing.assert_array_equal, *states)
    assert float(jnp.abs(states[0].obs[:, -6:]).max()) > 0
