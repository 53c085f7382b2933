"""What the tests of training share: a small config, and an observer that keeps everything."""

from dataclasses import dataclass, field

import jax
import jax.numpy as jnp

from vnl_core.config import PPOConfig
from vnl_core.training.ppo import TrainingState

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
    """An Observer that keeps what it is told, and stops the training after `limit` env steps."""

    limit: float = float("inf")
    phases: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    states: dict[int, TrainingState] = field(default_factory=dict)
    step: int = 0

    def phase(self, phase):
        self.phases.append(phase)

    def report(self, step, metrics):
        self.step = step
        self.rows.append((step, metrics))

    def checkpoint(self, step, state):
        # A copy: the training gives the buffers of its state away with the next update.
        self.states[step] = TrainingState(*map(_copy, (state.params, state.optimizer)))

    def evaluated(self, step, params):
        pass

    def stopping(self):
        return self.step >= self.limit

    def evaluations(self):
        return [(s, row) for s, row in self.rows if "eval/episode_reward" in row]


def _copy(tree):
    return jax.tree.map(jnp.copy, tree)
