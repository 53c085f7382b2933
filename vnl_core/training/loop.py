"""A whole training: evaluate, then epochs of updates, each with an evaluation after it."""

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Literal, Protocol

import jax
from brax.envs.base import Env

from vnl_core.config import PPOConfig
from vnl_core.training.contract import for_training
from vnl_core.training.devices import spread
from vnl_core.training.divergence import check_batch, check_losses, check_stability
from vnl_core.training.episodes import Episodes, FreshResets
from vnl_core.training.evaluation import Evaluator
from vnl_core.training.networks import PolicyParams
from vnl_core.training.ppo import Learner, SeedKeys, split_epoch_key
from vnl_core.training.snapshot import Interval, Keys, Progress, Snapshot

# Seconds between two reports while an epoch runs.
REPORT_EVERY = 2.0


class Observer(Protocol):
    """Who follows a training; called in its thread, between two compiled steps."""

    def phase(self, phase: Literal["compiling", "evaluating", "training"]) -> None:
        """The training enters another phase."""
        ...

    def report(self, step: int, metrics: dict[str, float]) -> None:
        """Measured at env step `step`, under brax's names: training/…, episode/…, eval/…."""
        ...

    def reached(self, snapshot: Snapshot) -> None:
        """An update is whole; what `snapshot` holds stays valid for as long as it is kept."""
        ...

    def checkpoint(self, snapshot: Snapshot) -> None:
        """To be saved: an evaluation comes next, or the training stops here."""
        ...

    def evaluated(self, snapshot: Snapshot) -> None:
        """An evaluation of its policy has been reported."""
        ...

    def stopping(self) -> bool:
        """Whether to end the training now."""
        ...


def train(
    env: Env,
    config: PPOConfig,
    episode_length: int,
    observer: Observer,
    restore: Callable[[Snapshot], Snapshot] | None = None,
) -> bool:
    """Train a policy for `env`; True when it came to its end, False when it was stopped.

    A training that is stopped and restored goes on exactly as if it had not been, on the same
    machine with the same devices. An evaluation that had begun is done again.

    Args:
      env: environment whose reset and step take one simulation.
      config: sizes and hyperparameters.
      episode_length: control steps after which an episode is cut.
      observer: receives progress and checkpoints, and says when to stop.
      restore: from the snapshot of a training that has not begun, which shows the shapes, the
        one to go on from; None to begin.

    Raises:
      Diverged: NaN or infinity; the last snapshot that was reached is still sound.
    """
    observer.phase("compiling")
    training = _Training(env, config, episode_length, observer, restore)
    while True:
        if training.evaluation_is_due:
            if not training.evaluate():
                return False
            if training.is_complete:
                return True
        if not training.epoch():
            return False


class _Training:
    """What a training carries from one update to the next."""

    def __init__(
        self,
        env: Env,
        config: PPOConfig,
        episode_length: int,
        observer: Observer,
        restore: Callable[[Snapshot], Snapshot] | None,
    ):
        keys = SeedKeys.from_seed(config.seed)
        self._config = config
        self._observer = observer
        self._env = for_training(env)
        self._observation_terms = self._env.observation_terms
        self._unstable_names = self._env.unstable_names
        self._learner = Learner(FreshResets(Episodes(env, episode_length)), config)
        learning, env_state = self._learner.init(keys)
        # No epoch has begun, so its key is only there to have the shape of one.
        unused = Keys(keys.training, keys.training, keys.evaluation)
        arrays = spread(learning, env_state, unused, config.num_envs)
        self._at = Snapshot(Progress(), *arrays)
        self._evaluator = Evaluator(env, config, episode_length, self._learner.networks)
        with ThreadPoolExecutor(1) as beside:
            compiling = beside.submit(self._evaluator.compile, learning.params, keys.evaluation)
            self._learner.compile(self._at.learning, self._at.env_state, self._at.keys.following)
            compiling.result()
        self._reported = False
        if restore:
            self._at = restore(self._at)
        observer.reached(self._at)

    @property
    def step(self) -> int:
        """Env steps trained."""
        return self._at.progress.updates * self._config.steps_per_update

    @property
    def evaluation_is_due(self) -> bool:
        """Whether the updates done are those after which one evaluates."""
        return self._at.progress.updates % self._config.updates_per_eval == 0

    @property
    def is_complete(self) -> bool:
        """Whether all updates have been made."""
        return self.step >= self._config.total_steps

    def evaluate(self) -> bool:
        """Save, evaluate, and report together with what was learned; False when stopped."""
        observer, progress = self._observer, self._at.progress
        observer.checkpoint(self._at)
        observer.phase("evaluating")
        params: PolicyParams = self._at.learning.params
        metrics = self._evaluator.evaluate(params, self._at.keys.evaluation, observer.stopping)
        if metrics is None:
            return False
        walltime = progress.evaluation_walltime + metrics["eval/epoch_eval_time"]
        progress = replace(progress, evaluation_walltime=walltime)
        reward = metrics["eval/episode_reward"]
        best = progress.best_reward
        if math.isfinite(reward) and (best is None or reward > best):
            progress = replace(progress, best_reward=reward, best_step=self.step)
        self._at = self._at._replace(progress=progress)
        learned = progress.epoch.metrics(progress.walltime)
        observer.report(self.step, learned | metrics | {"eval/walltime": walltime})
        observer.evaluated(self._at)
        return True

    def epoch(self) -> bool:
        """The updates up to the next evaluation; False when stopped, which is saved then."""
        self._observer.phase("training")
        recent = Interval()
        while not recent.updates or not self.evaluation_is_due:
            if self._observer.stopping():
                self._report(recent)
                self._observer.checkpoint(self._at)
                return False
            # The first figures come as soon as there are any.
            if recent.seconds > REPORT_EVERY or (recent.updates and not self._reported):
                self._report(recent)
                recent = Interval()
            recent += self._update()
        return True

    def _report(self, recent: Interval) -> None:
        if recent.updates:
            self._reported = True
            self._observer.report(self.step, recent.metrics(self._at.progress.walltime))

    def _update(self) -> Interval:
        """Collect and learn once; the next snapshot is there when all of it went well."""
        learner, progress, keys = self._learner, self._at.progress, self._at.keys
        epoch = progress.epoch
        if self.evaluation_is_due:  # and done: an epoch begins
            key, following = split_epoch_key(keys.following)
            keys, epoch = keys._replace(epoch=key, following=following), Interval()
        key_learn, key_collect, key = jax.random.split(keys.epoch, 3)

        began = time.perf_counter()
        learning = self._at.learning
        env_state, data, told = learner.collect(learning.params, self._at.env_state, key_collect)
        told = jax.device_get(told)
        check_batch(self.step, told.first_bad, data, self._observation_terms)
        collected = time.perf_counter()
        learning, losses = learner.learn(learning, data, key_learn)
        losses = jax.device_get(losses)
        check_losses(self.step, losses, data)
        learned = time.perf_counter()

        update = Interval(
            updates=1,
            steps=self._config.steps_per_update,
            episodes=int(told.episodes),
            collecting=collected - began,
            learning=learned - collected,
            losses={name: float(x) for name, x in losses.items()},
            totals={name: float(x) for name, x in told.totals.items()},
            unstable={
                self._unstable_names[i]: float(told.unstable[i])
                for i in told.unstable.nonzero()[0].tolist()
            },
        )
        progress = replace(
            progress,
            updates=progress.updates + 1,
            walltime=progress.walltime + update.seconds,
            epoch=epoch + update,
        )
        if progress.updates % self._config.updates_per_eval == 0:
            step = progress.updates * self._config.steps_per_update
            most = self._config.max_unstable_share
            check_stability(
                step, progress.epoch.unstable, progress.epoch.episodes, most, self._env.described
            )
        self._at = Snapshot(progress, learning, env_state, keys._replace(epoch=key))
        self._observer.reached(self._at)
        return update
