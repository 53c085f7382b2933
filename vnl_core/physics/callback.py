"""Calling NumPy back from a compiled program, for engines that compute outside JAX."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax.experimental.buffer_callback import buffer_callback


def call_back(fill: Callable[..., None], shapes: Any, *inputs: Any) -> Any:
    """What `fill(out, *inputs)` writes into `out`; works under jit, vmap and scan.

    On a single CPU device `fill` reads and writes XLA's own memory. `jax.pure_callback`, which
    does for all other devices, makes JAX arrays of all inputs and copies the results: 0.8 ms a
    call where 64 ants take 4 (docs/performance.md).

    Args:
      fill: writes NumPy arrays in place; a pure function of its inputs, which it must neither
        keep nor change. Under vmap all arrays have the batch's dimensions in front.
      shapes: of the results, a pytree of `jax.ShapeDtypeStruct`.
      *inputs: pytrees of arrays.
    """
    if jax.default_backend() == "cpu" and jax.device_count() == 1:

        def in_place(_: Any, out: Any, *given: Any) -> None:
            fill(*jax.tree.map(np.asarray, (out, *given)))

        return buffer_callback(in_place, shapes, vmap_method="broadcast_all")(*inputs)

    def anew(*given: Any) -> Any:
        given = jax.tree.map(np.asarray, given)
        batch = _batch(jax.tree.leaves(given)[0], jax.tree.leaves(inputs)[0])
        out = jax.tree.map(lambda x: np.empty(batch + x.shape, x.dtype), shapes)
        fill(out, *given)
        return out

    return jax.pure_callback(anew, shapes, *inputs, vmap_method="broadcast_all")


def _batch(given: np.ndarray, one: Any) -> tuple[int, ...]:
    """The dimensions that vmap put in front."""
    return given.shape[: given.ndim - np.ndim(one)]
