"""Observation terms: what the policy sees. Each gives a vector from a control step."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from vnl_core.config import ObservationTerm, TaskConfig
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.step_context import StepContext, needs


def qpos(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Positions without the root's x and y, (nq - 2,), as in the seed notebook."""
    return step.physics.qpos[2:]


def qvel(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Velocities, (nv,)."""
    return step.physics.qvel


@needs("cinert")
def cinert(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Inertia and mass of each body but the world about the tree's centre, (10 (nbody - 1),)."""
    return step.physics.extras["cinert"][1:].ravel()


@needs("cvel")
def cvel(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Rotational and linear velocity of each body but the world, (6 (nbody - 1),)."""
    return step.physics.extras["cvel"][1:].ravel()


@needs("qfrc_actuator")
def qfrc_actuator(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Force of the actuators on each degree of freedom, (nv,)."""
    return step.physics.extras["qfrc_actuator"]


def lateral_position(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """How far the root is from the corridor's middle line, (1,), metres."""
    return step.root[1:2]


def height_scan(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Terrain heights from behind the root to ahead of it along x, (scan_offsets,), metres."""
    return terrain.height(step.root[0] + jnp.array(task.scan_offsets), step.root[1])


def gap_edges(step: StepContext, terrain: Terrain, task: TaskConfig) -> jax.Array:
    """Distances to the next edges of gaps, (edge_count,), metres, at most edge_range.

    The first is the end of the platform under the walker, the next where the following one
    begins; over a gap it is the other way round.
    """
    ahead = terrain.edges() - step.root[0]
    ahead = jnp.where(ahead > 0, ahead, jnp.inf)
    ahead = jnp.concatenate([jnp.full(task.edge_count, jnp.inf), ahead])
    seen = jnp.minimum(jnp.sort(ahead)[: task.edge_count], task.edge_range)
    if task.edge_resolution:
        seen = task.edge_resolution * jnp.round(seen / task.edge_resolution)
    return seen


OBSERVATIONS: dict[ObservationTerm, Callable[[StepContext, Terrain, TaskConfig], jax.Array]] = {
    "qpos": qpos,
    "qvel": qvel,
    "cinert": cinert,
    "cvel": cvel,
    "qfrc_actuator": qfrc_actuator,
    "lateral_position": lateral_position,
    "height_scan": height_scan,
    "gap_edges": gap_edges,
}
