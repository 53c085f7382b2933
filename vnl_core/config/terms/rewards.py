"""Rewards: what the walker is paid for, before the weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnl_core.config import lazy_jax as jnp
from vnl_core.config.base import field
from vnl_core.config.terms.base import Reward, reward

if TYPE_CHECKING:
    import jax

    from vnl_core.envs.step_context import StepContext


@reward
class Forward(Reward):
    """Forward speed of the centre of mass."""

    unit = "m/s"

    def value(self, step: StepContext) -> jax.Array:
        return step.velocity[0]


@reward
class Distance(Reward):
    """Progress of the centre of mass along x in the step."""

    unit = "m"

    def value(self, step: StepContext) -> jax.Array:
        return step.velocity[0] * step.dt


@reward
class Alive(Reward):
    """1 while the root's height above the platforms is in the healthy range, else 0."""

    def value(self, step: StepContext) -> jax.Array:
        return step.healthy


@reward
class ControlCost(Reward):
    """Minus the sum of squared controls."""

    def value(self, step: StepContext) -> jax.Array:
        return -jnp.sum(jnp.square(step.ctrl))


@reward
class ActionRate(Reward):
    """Minus the sum of squared changes of the action from the step before."""

    def value(self, step: StepContext) -> jax.Array:
        return -jnp.sum(jnp.square(step.action - step.previous_action))


@reward
class Power(Reward):
    """Minus the actuators' mechanical power, the sum over the joints of force times speed.

    Absolute values are summed, so braking costs as much as driving.

    The force is that of the last physics step.
    """

    unit = "W"
    needs = ("qfrc_actuator",)

    def value(self, step: StepContext) -> jax.Array:
        physics = step.physics
        return -jnp.sum(jnp.abs(physics.extras["qfrc_actuator"] * physics.qvel))


@reward
class TargetSpeed(Reward):
    """1 at the target speed, falling linearly to 0 at standstill and at twice the speed.

    dm_control's `RunThroughCorridor` pays this (`rewards.tolerance`, margin = target).
    """

    speed: float = field(1.0, "m/s", "The forward speed that is asked for.", gt=0.0, le=20.0)

    def value(self, step: StepContext) -> jax.Array:
        error = jnp.abs(step.velocity[0] - self.speed)
        return jnp.maximum(0.0, 1.0 - error / self.speed)


@reward
class GapCrossed(Reward):
    """Gaps crossed for the first time in the step."""

    unit = "gaps"

    def value(self, step: StepContext) -> jax.Array:
        return step.crossed
