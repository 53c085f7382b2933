"""Both ways to call NumPy back do the same, also when the called function fails."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

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
    if request.param != "in XLA's memory":
        monkeypatch.setattr(jax, "device_count", lambda: 2)


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
