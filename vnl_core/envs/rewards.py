"""Reward terms, unweighted: each gives a number from a Moment."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from vnl_core.config import RewardTerm, TaskConfig
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.moment import Moment
from vnl_core.envs.terminations import unhealthy


def forward(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Forward speed of the centre of mass, m/s."""
    return moment.velocity[0]


def distance(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Progress of the centre of mass along x in this step, m."""
    return moment.velocity[0] * dt


def alive(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """1 while the root's height above the platforms is in the healthy range, else 0."""
    return 1.0 - unhealthy(moment, terrain, task)


def control_cost(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Minus the sum of squared controls."""
    return -jnp.sum(jnp.square(moment.ctrl))


def target_speed(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """1 at the target speed, falling linearly to 0 at standstill and at twice the speed.

    dm_control's `RunThroughCorridor` pays this (`rewards.tolerance`, margin = target).
    """
    error = jnp.abs(moment.velocity[0] - task.target_speed)
    return jnp.maximum(0.0, 1.0 - error / task.target_speed)


def gap_crossed(moment: Moment, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Gaps crossed for the first time in this step."""
    return moment.crossed


REWARDS: dict[RewardTerm, Callable[[Moment, Terrain, TaskConfig, float], jax.Array]] = {
    "forward": forward,
    "distance": distance,
    "alive": alive,
    "control_cost": control_cost,
    "target_speed": target_speed,
    "gap_crossed": gap_crossed,
}
