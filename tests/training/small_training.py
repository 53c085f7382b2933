"""What the tests of training share: a small config, and an observer that keeps everything."""

from dataclasses import dataclass, field
from typing import Any

import jax
import numpy as np

from vnl_core.config import PPOConfig
from vnl_core.training.snapshot import Snapshot

PPO = PPOConfig(
    num_timesteps=60_000,
    num_evals=3,
    num_envs=32,
    num_eval_envs=16,
    unroll_length=10,
    batch_size=32,
    num_minibatches=4,
    learning_rate=3e-3,
    discounting=0.9,
    policy_hidden_layer_sizes=(16,),
    value_hidden_layer_sizes=(16,),
    seed=1,  # one whose untrained policy runs away
)
EPISODE_LENGTH = 40


@dataclass
class Recorder:
    """An Observer that keeps what it is told, and stops the training after `limit` updates."""

    limit: float = float("inf")
    phases: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    saved: dict[int, Snapshot] = field(default_factory=dict)
    at: Any = None  # the last Snapshot

    def phase(self, phase):
        self.phases.append(phase)

    def report(self, step, metrics):
        self.rows.append((step, metrics))

    def reached(self, snapshot):
        self.at = snapshot

    def checkpoint(self, snapshot):
        self.saved[snapshot.progress.updates * PPO.steps_per_update] = snapshot

    def evaluated(self, snapshot):
        pass

    def stopping(self):
        return self.at is not None and self.at.progress.updates >= self.limit

    def evaluations(self):
        return [(s, row) for s, row in self.rows if "eval/episode_reward" in row]


# Metrics that tell how long something took.
TIMES = ("sps", "walltime", "time")


def untimed(rows):
    """Rows without what the clock decides."""
    return [
        (step, {name: x for name, x in row.items() if not name.endswith(TIMES)})
        for step, row in rows
    ]


def assert_same(a, b):
    """Two pytrees are equal to the last bit."""
    jax.tree.map(np.testing.assert_array_equal, a, b)
