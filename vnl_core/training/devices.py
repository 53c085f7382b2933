"""Data parallelism: the environments spread over the devices, the networks on each of them.

The compiler does the rest: what is computed is what one device would compute, and where the
gradient needs all environments it sums over the devices.
"""

from typing import TypeVar

import jax
import numpy as np
from brax.envs.base import State
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from vnl_core.training.ppo import TrainingState
from vnl_core.training.snapshot import Keys

Tree = TypeVar("Tree")


def spread(
    learning: TrainingState, env_state: State, keys: Keys, num_envs: int
) -> tuple[TrainingState, State, Keys]:
    """The same arrays, laid out over as many devices as divide `num_envs` evenly."""
    devices = jax.devices()
    count = max(n for n in range(1, len(devices) + 1) if num_envs % n == 0)
    if count == 1:
        return learning, env_state, keys
    mesh = Mesh(np.array(devices[:count]), ("envs",))
    everywhere = NamedSharding(mesh, PartitionSpec())
    rows = NamedSharding(mesh, PartitionSpec("envs"))

    def place(x: jax.Array) -> jax.Array:
        return jax.device_put(x, rows if x.ndim and x.shape[0] == num_envs else everywhere)

    learning, keys = jax.device_put((learning, keys), everywhere)
    return learning, jax.tree.map(place, env_state), keys


def on_one(tree: Tree) -> Tree:
    """The same arrays on the first device; nothing is copied where they are there already."""
    return jax.device_put(tree, jax.devices()[0])
