"""Observations: what the policy sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from vnl_core.config import lazy_jax as jnp
from vnl_core.config.base import field
from vnl_core.config.refusal import refusal
from vnl_core.config.terms.base import Observation, observation

if TYPE_CHECKING:
    import jax

    from vnl_core.envs.step_context import StepContext

# More samples than this in a height scan only slow learning down.
MAX_SCAN = 200


@observation
class Qpos(Observation):
    """Positions without the root's x and y, (nq - 2,), as in the seed notebook."""

    unit = "m, rad"

    def value(self, step: StepContext) -> jax.Array:
        return step.physics.qpos[2:]


@observation
class Qvel(Observation):
    """Velocities, (nv,)."""

    unit = "m/s, rad/s"

    def value(self, step: StepContext) -> jax.Array:
        return step.physics.qvel


@observation
class Cinert(Observation):
    """Inertia and mass of each body but the world about the tree's centre, (10 (nbody - 1),)."""

    unit = "kg m², kg m, kg"
    needs = ("cinert",)

    def value(self, step: StepContext) -> jax.Array:
        return step.physics.extras["cinert"][1:].ravel()


@observation
class Cvel(Observation):
    """Rotational and linear velocity of each body but the world, (6 (nbody - 1),)."""

    unit = "rad/s, m/s"
    needs = ("cvel",)

    def value(self, step: StepContext) -> jax.Array:
        return step.physics.extras["cvel"][1:].ravel()


@observation
class QfrcActuator(Observation):
    """Force of the actuators on each degree of freedom, (nv,)."""

    unit = "N, N m"
    needs = ("qfrc_actuator",)

    def value(self, step: StepContext) -> jax.Array:
        return step.physics.extras["qfrc_actuator"]


@observation
class LateralPosition(Observation):
    """How far the root is from the corridor's middle line, (1,)."""

    unit = "m"

    def value(self, step: StepContext) -> jax.Array:
        return step.root[1:2]


@observation
class HeightScan(Observation):
    """Heights of the terrain along x, from behind the root to ahead of it."""

    unit = "m"
    behind: float = field(0.5, "m", "How far behind the root it begins.", ge=0.0, le=5.0)
    ahead: float = field(2.0, "m", "How far ahead of the root it reaches.", gt=0.0, le=20.0)
    resolution: float = field(0.125, "m", "Distance between two samples.", ge=0.005, le=5.0)

    @property
    def offsets(self) -> tuple[float, ...]:
        """Where it samples, from behind the root to ahead of it, in metres."""
        steps = int((self.behind + self.ahead) / self.resolution + 1e-6)
        return tuple(-self.behind + i * self.resolution for i in range(steps + 1))

    @model_validator(mode="after")
    def _not_too_fine(self) -> Self:
        if len(self.offsets) > MAX_SCAN:
            raise refusal(
                "resolution",
                f"The height scan would have {len(self.offsets)} samples.",
                f"Use at least {(self.behind + self.ahead) / MAX_SCAN:.3g} m.",
            )
        return self

    def value(self, step: StepContext) -> jax.Array:
        return step.terrain.height(step.root[0] + jnp.array(self.offsets), step.root[1])


@observation
class GapEdges(Observation):
    """Distances to the next edges of gaps.

    The first is the end of the platform under the walker, the next where the following one
    begins; over a gap it is the other way round.
    """

    unit = "m"
    count: int = field(4, "edges", "How many of the next gap edges are seen.", ge=1, le=20)
    range: float = field(
        2.0, "m", "How far ahead gap edges are seen; one beyond reads as this.", gt=0.0, le=20.0
    )
    resolution: float = field(
        0.0, "m", "Distances are rounded to multiples of this; 0 for exact.", ge=0.0, le=1.0
    )

    def value(self, step: StepContext) -> jax.Array:
        ahead = step.terrain.edges() - step.root[0]
        ahead = jnp.where(ahead > 0, ahead, jnp.inf)
        ahead = jnp.concatenate([jnp.full(self.count, jnp.inf), ahead])
        seen = jnp.minimum(jnp.sort(ahead)[: self.count], self.range)
        if self.resolution:
            seen = self.resolution * jnp.round(seen / self.resolution)
        return seen
