"""Termination terms: each gives 1.0 when the episode shall end, else 0.0."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from vnl_core.config import TaskConfig, TerminationTerm
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.moment import Moment


def fall(moment: Moment, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """An end effector or the root is below the fall height (dm_control's own condition).

    The fall height counts from the lowest platform of the corridor.
    """
    lowest = jnp.minimum(jnp.min(moment.physics.end_effectors[:, 2]), moment.root[2])
    return (lowest < task.fall_height + terrain.lowest()).astype(jnp.float32)


def unhealthy(moment: Moment, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """The root's height above the platform it is on, or left last, is outside the healthy range."""
    low, high = task.healthy_height
    height = moment.root[2] - terrain.floor(moment.root[0])
    return ((height < low) | (height > high)).astype(jnp.float32)


def finished(moment: Moment, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """The root has reached the end of the corridor."""
    return (moment.root[0] >= terrain.finish).astype(jnp.float32)


TERMINATIONS: dict[TerminationTerm, Callable[[Moment, Terrain, TaskConfig], jax.Array]] = {
    "fall": fall,
    "unhealthy": unhealthy,
    "finished": finished,
}
