"""Reward terms, unweighted: each gives a number from a control step."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from vnl_core.config import RewardTerm, TaskConfig
from vnl_core.envs.layouts import Terrain
from vnl_core.envs.step_context import StepContext, needs
from vnl_core.envs.terminations import unhealthy


def forward(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Forward speed of the centre of mass, m/s."""
    return step.velocity[0]


def distance(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Progress of the centre of mass along x in this step, m."""
    return step.velocity[0] * dt


def alive(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """1 while the root's height above the platforms is in the healthy range, else 0."""
    return 1.0 - unhealthy(step, terrain, task)


def control_cost(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Minus the sum of squared controls."""
    return -jnp.sum(jnp.square(step.ctrl))


def action_rate(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Minus the sum of squared changes of the action from the step before."""
    return -jnp.sum(jnp.square(step.action - step.previous_action))


@needs("qfrc_actuator")
def power(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Minus the actuators' mechanical power, the sum of |force x velocity| over the joints, W.

    The force is that of the last physics step.
    """
    physics = step.physics
    return -jnp.sum(jnp.abs(physics.extras["qfrc_actuator"] * physics.qvel))


def target_speed(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """1 at the target speed, falling linearly to 0 at standstill and at twice the speed.

    dm_control's `RunThroughCorridor` pays this (`rewards.tolerance`, margin = target).
    """
    error = jnp.abs(step.velocity[0] - task.target_speed)
    return jnp.maximum(0.0, 1.0 - error / task.target_speed)


def gap_crossed(step: StepContext, terrain: Terrain, task: TaskConfig, dt: float) -> jax.Array:
    """Gaps crossed for the first time in this step."""
    return step.crossed


REWARDS: dict[RewardTerm, Callable[[StepContext, Terrain, TaskConfig, float], jax.Array]] = {
    "forward": forward,
    "distance": distance,
    "alive": alive,
    "control_cost": control_cost,
    "action_rate": action_rate,
    "power": power,
    "target_speed": target_speed,
    "gap_crossed": gap_crossed,
}
