"""A training between two updates: everything that the rest of it follows from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import jax
from brax.envs.base import State

from vnl_core.training.ppo import TrainingState


@dataclass(frozen=True)
class Interval:
    """What has been measured over some updates."""

    updates: int = 0
    steps: int = 0
    """Env steps."""
    episodes: int = 0
    """Episodes that ended."""
    collecting: float = 0.0
    """Seconds spent in the environments."""
    learning: float = 0.0
    """Seconds spent in gradient descent."""
    losses: Mapping[str, float] = field(default_factory=dict)
    """Sums over the updates."""
    totals: Mapping[str, float] = field(default_factory=dict)
    """Sums over the episodes that ended."""
    unstable: Mapping[str, float] = field(default_factory=dict)
    """Episodes that ended as unstable, by the degree of freedom that broke."""

    @property
    def seconds(self) -> float:
        """Seconds spent altogether."""
        return self.collecting + self.learning

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(
            self.updates + other.updates,
            self.steps + other.steps,
            self.episodes + other.episodes,
            self.collecting + other.collecting,
            self.learning + other.learning,
            _sum(self.losses, other.losses),
            _sum(self.totals, other.totals),
            _sum(self.unstable, other.unstable),
        )

    def metrics(self, walltime: float) -> dict[str, float]:
        """Means over updates and over ended episodes; env steps per second of training."""
        if not self.updates:
            return {}
        metrics = {f"training/{name}": x / self.updates for name, x in self.losses.items()}
        if self.episodes:
            metrics |= {f"episode/{name}": x / self.episodes for name, x in self.totals.items()}
        return metrics | {
            "training/sps": self.steps / self.seconds,
            "training/collect_sps": self.steps / self.collecting,
            "training/learn_sps": self.steps / self.learning,
            "training/walltime": walltime,
        }


def _sum(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    return {name: a.get(name, 0.0) + b.get(name, 0.0) for name in {**a, **b}}


@dataclass(frozen=True)
class Progress:
    """How far a training is, in numbers that JSON holds exactly."""

    updates: int = 0
    """Updates done. At a multiple of those between two evaluations, one is due."""
    walltime: float = 0.0
    """Seconds of training, evaluations not counted."""
    evaluation_walltime: float = 0.0
    """Seconds of evaluation."""
    best_reward: float | None = None
    """Highest mean episode reward of any evaluation."""
    best_step: int | None = None
    """Env step of that evaluation."""
    epoch: Interval = Interval()
    """What was measured since the last evaluation."""

    def to_dict(self) -> dict[str, Any]:
        """JSON data, from which `from_dict` gives an equal Progress."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Progress":
        """The inverse of `to_dict`.

        Raises:
          TypeError, KeyError: the data are something else.
        """
        return cls(**{**data, "epoch": Interval(**data["epoch"])})


class Keys(NamedTuple):
    """The random keys that are yet to be used."""

    epoch: jax.Array
    """Of the updates left until the next evaluation."""
    following: jax.Array
    """To split for the epochs after that."""
    evaluation: jax.Array
    """Of every evaluation."""


class Snapshot(NamedTuple):
    """The whole training; with the config, it decides all that comes."""

    progress: Progress
    learning: TrainingState
    """Networks, normaliser, optimizer with its learning rate."""
    env_state: State
    """The batch of environments: physics with its warm start, episodes' bookkeeping, keys."""
    keys: Keys

    @property
    def arrays(self) -> tuple[TrainingState, State, Keys]:
        """Everything but the progress; a pytree of arrays."""
        return self.learning, self.env_state, self.keys
