"""Termination terms: each gives 1.0 when the episode shall end, else 0.0."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from vnl_core.config import TaskConfig, TerminationTerm
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.step_context import StepContext


def fall(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """An end effector or the root is below the fall height (dm_control's own condition).

    The fall height counts from the lowest platform of the corridor.
    """
    lowest = jnp.minimum(jnp.min(step.physics.end_effectors[:, 2]), step.root[2])
    return (lowest < task.fall_height + terrain.lowest()).astype(jnp.float32)


def unhealthy(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """The root's height above the platform it is on, or left last, is outside the healthy range."""
    low, high = task.healthy_height
    height = step.root[2] - terrain.floor(step.root[0])
    return ((height < low) | (height > high)).astype(jnp.float32)


def finished(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """The root has reached the end of the corridor."""
    return (step.root[0] >= terrain.finish).astype(jnp.float32)


TERMINATIONS: dict[TerminationTerm, Callable[[StepContext, Terrain, TaskConfig], jax.Array]] = {
    "fall": fall,
    "unhealthy": unhealthy,
    "finished": finished,
}
