"""What training asks of an environment beyond brax's own, and what a plain one answers."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol, runtime_checkable

import jax
from brax.envs.base import Env, State, Wrapper


@runtime_checkable
class TrainingEnv(Protocol):
    """A brax environment that also tells how it is to be trained in; CorridorEnv is one."""

    @property
    def metric_kinds(self) -> Mapping[str, Literal["sum", "mean", "last"]]:
        """For each metric, how an episode's value comes from those of its steps."""
        ...

    @property
    def observation_terms(self) -> Mapping[str, int]:
        """How many components of the observation each term gives, in their order."""
        ...

    @property
    def unstable_names(self) -> tuple[str, ...]:
        """What each value of `State.info["unstable"]` means; empty where it has none."""
        ...

    @property
    def simulates_on_host(self) -> bool:
        """Whether its physics is called back from the compiled program, outside of XLA."""
        ...

    @property
    def described(self) -> str:
        """Whose simulation it is, for an error: walker and timestep; may be empty."""
        ...

    def evaluation_reset(self, rng: jax.Array) -> State:
        """The first state of an episode of an evaluation."""
        ...

    def begin(self, rng: jax.Array, before: State | None = None) -> State:
        """The first state of a training episode, after the one that ended in `before`."""
        ...


class Plain:
    """Defaults: metrics add up, every reset is alike, nothing is told. To be mixed into an Env."""

    metric_kinds: Any = {}
    observation_terms: Any = {}
    unstable_names: tuple[str, ...] = ()
    simulates_on_host = False
    described = ""

    def evaluation_reset(self, rng: jax.Array) -> State:
        return self.reset(rng)  # type: ignore[attr-defined]

    def begin(self, rng: jax.Array, before: State | None = None) -> State:
        return self.reset(rng)  # type: ignore[attr-defined]


class PlainEnv(Plain, Wrapper):
    """A brax environment that is no TrainingEnv, as one."""


def for_training(env: Env) -> Any:
    """`env` if it is a TrainingEnv, else a PlainEnv around it."""
    return env if isinstance(env, TrainingEnv) else PlainEnv(env)
