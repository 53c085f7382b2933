"""A whole training: evaluate, then epochs of updates, each with an evaluation after it."""

import math
import time
from collections import defaultdict
from typing import Literal, Protocol

import jax
from brax.envs.base import Env

from vnl_core.config import PPOConfig
from vnl_core.training.episodes import Episodes, FreshResets
from vnl_core.training.evaluation import Evaluator
from vnl_core.training.networks import PolicyParams
from vnl_core.training.ppo import Keys, Learner, TrainingState, split_epoch_key

# Seconds between two reports while an epoch runs.
REPORT_EVERY = 2.0


class Observer(Protocol):
    """Who follows a training; called in its thread, between two compiled steps."""

    def phase(self, phase: Literal["compiling", "evaluating", "training"]) -> None:
        """The training turns to something else."""
        ...

    def report(self, step: int, metrics: dict[str, float]) -> None:
        """Measured at env step `step`, under brax's names: training/…, episode/…, eval/…."""
        ...

    def checkpoint(self, step: int, state: TrainingState) -> None:
        """The state before an evaluation, or at a stop."""
        ...

    def evaluated(self, step: int, params: PolicyParams) -> None:
        """An evaluation of `params` has been reported."""
        ...

    def stopping(self) -> bool:
        """Whether the training shall end now."""
        ...


class Diverged(FloatingPointError):
    """The losses are no longer numbers."""


def train(env: Env, config: PPOConfig, episode_length: int, observer: Observer) -> bool:
    """Train a policy for `env`; True when it came to its end, False when it was stopped.

    Args:
      env: environment whose reset and step take one simulation.
      config: sizes and hyperparameters.
      episode_length: control steps after which an episode is cut.
      observer: receives progress and checkpoints, and says when to stop.

    Raises:
      Diverged: NaN or infinity in the losses.
    """
    observer.phase("compiling")
    training = _Training(env, config, episode_length, observer)
    evaluated = training.evaluate({})
    for _ in range(config.num_evals - 1):
        if not evaluated:
            break
        evaluated = training.evaluate(training.epoch())
    return evaluated


class _Training:
    """What a training carries from one update to the next."""

    def __init__(self, env: Env, config: PPOConfig, episode_length: int, observer: Observer):
        keys = Keys.from_seed(config.seed)
        self._config = config
        self._observer = observer
        self._learner = Learner(FreshResets(Episodes(env, episode_length)), config)
        self._state, self._env_state = self._learner.init(keys)
        self._learner.compile(self._state, self._env_state)
        self._evaluator = Evaluator(env, config, episode_length, self._learner.networks)
        self._evaluator.compile(self._state.params, keys.evaluation)
        self._key = keys.training
        self._step = 0
        self._walltime = 0.0

    def evaluate(self, learned: dict[str, float]) -> bool:
        """Save, evaluate, and report together with what was `learned`; False when stopped."""
        self._observer.checkpoint(self._step, self._state)
        self._observer.phase("evaluating")
        metrics = self._evaluator.evaluate(self._state.params, self._observer.stopping)
        if learned or metrics:
            self._observer.report(self._step, learned | (metrics or {}))
        if metrics is None:
            return False
        self._observer.evaluated(self._step, self._state.params)
        return True

    def epoch(self) -> dict[str, float]:
        """The updates up to the next evaluation, or to a stop; the last of its reports."""
        self._observer.phase("training")
        key, self._key = split_epoch_key(self._key)
        interval = _Interval()
        for _ in range(self._config.updates_per_eval):
            if self._observer.stopping():
                break
            if interval.seconds > REPORT_EVERY:
                self._observer.report(self._step, interval.metrics(self._walltime))
                interval = _Interval()
            key_learn, key_collect, key = jax.random.split(key, 3)
            self._update(key_collect, key_learn, interval)
        return interval.metrics(self._walltime)

    def _update(self, key_collect: jax.Array, key_learn: jax.Array, interval: "_Interval") -> None:
        learner, state = self._learner, self._state
        began = time.perf_counter()
        self._env_state, data, ended = learner.collect(state.params, self._env_state, key_collect)
        ended = jax.device_get(ended)
        collected = time.perf_counter()
        self._state, losses = learner.learn(state, data, key_learn)
        losses = jax.device_get(losses)
        learned = time.perf_counter()

        self._step += self._config.steps_per_update
        self._walltime += learned - began
        interval.steps += self._config.steps_per_update
        interval.updates += 1
        interval.collecting += collected - began
        interval.learning += learned - collected
        interval.episodes += int(ended.count)
        for name, total in ended.totals.items():
            interval.totals[f"episode/{name}"] += float(total)
        for name, loss in losses.items():
            interval.losses[f"training/{name}"] += float(loss)
        if not math.isfinite(losses["total_loss"]):
            raise Diverged(
                f"The loss is {float(losses['total_loss'])} at env step {self._step}: training "
                "diverged. Lower learning_rate, or look for observations or rewards without bound."
            )


class _Interval:
    """What has been measured since the last report."""

    def __init__(self) -> None:
        self.steps = self.updates = self.episodes = 0
        self.collecting = self.learning = 0.0
        self.losses: defaultdict[str, float] = defaultdict(float)
        self.totals: defaultdict[str, float] = defaultdict(float)

    @property
    def seconds(self) -> float:
        return self.collecting + self.learning

    def metrics(self, walltime: float) -> dict[str, float]:
        """Means over updates and over ended episodes; env steps per second of training."""
        if not self.updates:
            return {}
        metrics = {name: total / self.updates for name, total in self.losses.items()}
        if self.episodes:
            metrics |= {name: total / self.episodes for name, total in self.totals.items()}
        return metrics | {
            "training/sps": self.steps / self.seconds,
            "training/collect_sps": self.steps / self.collecting,
            "training/learn_sps": self.steps / self.learning,
            "training/walltime": walltime,
        }
