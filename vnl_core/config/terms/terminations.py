"""Terminations: what ends an episode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnl_core.config import lazy_jax as jnp
from vnl_core.config.base import field
from vnl_core.config.terms.base import Termination, termination

if TYPE_CHECKING:
    import jax

    from vnl_core.envs.step_context import StepContext


@termination
class Fall(Termination):
    """An end effector or the root is below the fall height (dm_control's own condition)."""

    height: float = field(
        -0.3, "m", "The fall height, counted from the corridor's lowest platform.", ge=-9.0, le=0.0
    )

    def value(self, step: StepContext) -> jax.Array:
        lowest = jnp.minimum(jnp.min(step.physics.end_effectors[:, 2]), step.root[2])
        return (lowest < self.height + step.terrain.lowest()).astype(jnp.float32)


@termination
class Unhealthy(Termination):
    """The root's height above the platform it is on, or left last, is not a healthy one."""

    def value(self, step: StepContext) -> jax.Array:
        return 1.0 - step.healthy


@termination
class Finished(Termination):
    """The root has reached the end of the corridor."""

    def value(self, step: StepContext) -> jax.Array:
        return (step.root[0] >= step.terrain.finish).astype(jnp.float32)
