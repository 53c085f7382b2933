"""What every term of a task is: a config of its parameters, and the function they belong to.

A term is a class: its fields are what one sets, its docstring says what it is, and `value` gives
it from a `StepContext`, one control step of one simulation; it is traced by JAX. A new one is
written in one place and registered by a decorator:

    @reward
    class Height(Reward):
        \"\"\"Height of the root above the floor.\"\"\"

        unit = "m"

        def value(self, step):
            return step.root[2]

and is then chosen by its name in small letters, `task.rewards.height`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from vnl_core.config.base import Config, field
from vnl_core.config.registry import Registry

if TYPE_CHECKING:
    import jax

    from vnl_core.envs.step_context import StepContext

MetricKind = Literal["sum", "mean", "last"]
# Quantities of the whole body that only some terms read, each a field of mujoco.MjData.
Quantity = Literal["cinert", "cvel", "qfrc_actuator"]


class Term(Config):
    """A part of a task; see the module."""

    name: ClassVar[str]
    """How a config chooses it; given by the decorator."""
    unit: ClassVar[str] = "-"
    """Of `value`."""
    needs: ClassVar[tuple[Quantity, ...]] = ()
    """What it reads of `step.physics.extras`; what no term needs is not computed."""

    def value(self, step: StepContext) -> jax.Array:
        """The term in one control step; its shape never changes."""
        raise NotImplementedError

    @classmethod
    def explained(cls) -> str:
        """What it is, in a sentence: the first paragraph of its docstring."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())


class Observation(Term):
    """A part of what the policy sees: `value` gives a vector, (n,)."""


class Reward(Term):
    """A part of the reward: `value` gives a number, (), which is multiplied by the weight."""

    weight: float = field(1.0, "reward per unit", "What the term is multiplied by.")


class Termination(Term):
    """A reason to end an episode: `value` gives 1.0 where it ends, else 0.0, ()."""


class Metric(Term):
    """A number to look at: `value` gives it, (), without any effect on training.

    An episode's value is the sum of its steps', their mean, or the last one, as `kind` says.
    """

    kind: ClassVar[MetricKind] = "mean"


OBSERVATIONS: Registry[Observation] = Registry("observation")
REWARDS: Registry[Reward] = Registry("reward")
TERMINATIONS: Registry[Termination] = Registry("termination")
METRICS: Registry[Metric] = Registry("metric")

observation, reward = OBSERVATIONS.add, REWARDS.add
termination, metric = TERMINATIONS.add, METRICS.add
