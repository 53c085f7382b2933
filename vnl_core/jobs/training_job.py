"""One training, as its run directory sees it."""

import json
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from brax.envs.base import Env

from vnl_core.config import RunConfig
from vnl_core.jobs.compilation_cache import use_compilation_cache
from vnl_core.jobs.evaluation_videos import EvaluationVideos
from vnl_core.jobs.heartbeat import Heartbeat
from vnl_core.plain_files import read_plain
from vnl_core.runs import exit_record, retention
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord, Outcome
from vnl_core.runs.files import write_whole
from vnl_core.runs.metrics import size_of
from vnl_core.runs.status import Phase
from vnl_core.supervision.child import STOPPED
from vnl_core.supervision.supervisor import DISK_FULL, FAILED, FINISHED
from vnl_core.training import checkpoint
from vnl_core.training.divergence import Diverged
from vnl_core.training.loop import train
from vnl_core.training.metric_writers import MetricWriters
from vnl_core.training.snapshot import Snapshot

log = logging.getLogger("vnl")


class TrainingJob(Heartbeat):
    """The Observer of `train` that keeps the run's directory: status, metrics, checkpoints, films.

    Use as a context manager, in the main thread: see Heartbeat.
    """

    def __init__(self, run: RunDir, config: RunConfig):
        self._run = run
        self._config = config
        self._films = EvaluationVideos(run, config)
        # Of main thread and heartbeat' thread, which save and end the run: one of them, once.
        self._leaving = threading.RLock()
        self._at: Snapshot | None = None
        self._saved = -1  # updates of the last checkpoint
        self._saved_at = time.monotonic()
        self._began: tuple[int, float] | None = None  # env step and moment learning began at
        self._first_film_is_due = False
        super().__init__(run.status_path, config.ppo.total_steps, self._overdue)

    def train(self, make_environment: Callable[[RunConfig], Env]) -> int:
        """Train; the exit code."""
        cache = use_compilation_cache()
        log.info("Run %s, process %d, compiled programs in %s.", self._run.id, os.getpid(), cache)
        try:
            finished = self._train(make_environment)
        except Diverged as error:
            log.error("%s", error)
            text = json.dumps(error.report, indent=1) + "\n"
            write_whole(self._run.path / "diverged.json", text)
            if self._at is not None:
                self.checkpoint(self._at)
            return self._end("failed", f"{error} diverged.json describes the batch.", FAILED)
        except Exception as error:
            return self._fail(error)
        if finished:
            return self._end("finished", "", FINISHED)
        return self._end("stopped", "Stopped by the user.", STOPPED)

    def _train(self, make_environment: Callable[[RunConfig], Env]) -> bool:
        retention.sweep(self._run.checkpoints_path)
        source = checkpoint.newest(self._run)
        if source:
            _check_same(source.path, self._config)
            self._saved = source.progress.updates
            best = source.progress.best_reward
            told = [*source.damaged, f"Resumed from step {source.step}."]
            if (there := size_of(self._run.metrics_path)) < source.metrics_size:
                told.append(
                    f"metrics.jsonl has {there:,} of the {source.metrics_size:,} bytes that it had "
                    "at that step: earlier points of its curves are missing. Where you have a "
                    "copy of the file, stop the run and put it back."
                )
            message = " ".join(told)
            self.update(step=source.step, best_reward=best, message=message)
            log.info("%s", message)
        resumed = (source.metrics_size, source.step) if source else (0, 0)
        self._writers = MetricWriters(self._run, self._config, resumed)
        with closing(self._films):
            env = self._env = make_environment(self._config)
            log.info("%d env steps on the %s engine.", self.status.total_steps, env.backend)
            length = self._config.task.episode_length
            restore = source.load if source else None
            finished = train(env, self._config.ppo, length, self, restore)
        self._writers.close()
        return finished

    def phase(self, phase: Phase) -> None:
        log.info("%s …", phase.capitalize())
        self.update(phase=phase)

    def report(self, step: int, metrics: dict[str, float]) -> None:
        self._writers.write(step, metrics)
        rate = metrics.get("training/sps", self.status.env_steps_per_second)
        self.update(step=step, env_steps_per_second=rate, eta=self._eta(step))
        reward = metrics.get("eval/episode_reward")
        if reward is not None and math.isfinite(reward):
            before = self.status.best_reward
            best = reward if before is None else max(reward, before)
            self.update(reward=reward, best_reward=best)
        shown = metrics.get("eval/episode_reward", metrics.get("episode/sum_reward"))
        log.info(
            "Step %d of %d: reward %s%s",
            step,
            self.status.total_steps,
            "-" if shown is None else f"{shown:.2f}",
            f", {rate:.0f} env steps/s." if rate else ".",
        )
        if step > 0 and self._first_film_is_due:
            self._first_film_is_due = False
            self._film(0)
            self.phase("training")

    def reached(self, snapshot: Snapshot) -> None:
        self._at = snapshot
        if time.monotonic() - self._saved_at > 60 * self._config.checkpoint_minutes:
            self.checkpoint(snapshot)
            self.update(phase="training")

    def checkpoint(self, snapshot: Snapshot) -> None:
        with self._leaving:
            updates = snapshot.progress.updates
            if updates == self._saved:
                return
            self.update(phase="saving")
            sizes = self._env.observation_size, self._env.action_size
            folder = self._run.checkpoints_path
            checkpoint.save(folder, snapshot, self._config, *sizes, self._writers.size)
            self._saved, self._saved_at = updates, time.monotonic()
            retention.prune(self._run.checkpoints(), self._config, snapshot.progress.best_step)
            self.update(step=updates * self._config.ppo.steps_per_update)

    def evaluated(self, snapshot: Snapshot) -> None:
        step = snapshot.progress.updates * self._config.ppo.steps_per_update
        if step == 0:  # The first video must not delay the first figures.
            self._first_film_is_due = self._config.video_seconds > 0
        else:
            self._film(step)

    def _film(self, step: int) -> None:
        if self._config.video_seconds == 0 or self.stopping():
            return
        self.phase("rendering")
        self._films.make(step, self.stopping)

    def _eta(self, step: int) -> float | None:
        """Seconds to the end at the pace so far, evaluations and videos included."""
        now = time.monotonic()
        if self._began is None:
            self._began = step, now
        done = step - self._began[0]
        if not done:
            return None
        return (now - self._began[1]) * (self.status.total_steps - step) / done

    def _end(self, state: Outcome, message: str, code: int) -> int:
        with self._leaving:
            log.info("The training is %s at step %d.", state, self.status.step)
            exit_record.record(self._run.path, ExitRecord(state=state, message=message, code=code))
            self.update(state=state, phase="ended", message=message, eta=None)
        return code

    def _fail(self, error: Exception) -> int:
        log.error("The training failed.", exc_info=error)
        if exit_record.is_disk_full(error):
            return self._end("disk full", exit_record.no_room(self._run.path), DISK_FULL)
        reason = str(error).strip().splitlines()[:1] or ["no reason given."]
        message = f"{type(error).__name__}: {reason[0]} The log has the details."
        return self._end("failed", message, FAILED)

    def _overdue(self) -> None:
        """End in place of the main thread, with what the last whole update left."""
        code = STOPPED
        with self._leaving:
            if exit_record.recorded(self._run.path) is None:
                try:
                    if self._at is not None:
                        self.checkpoint(self._at)
                    self._end("stopped", "Stopped by the user.", STOPPED)
                except Exception as error:
                    code = self._fail(error)
            logging.shutdown()
            os._exit(code)


def _check_same(path: Path, config: RunConfig) -> None:
    """Refuse a checkpoint of another training than the run's config describes.

    Raises:
      ValueError: scene, task, engine or PPO differ in more than the length of the training.
    """
    saved = RunConfig.model_validate_json(read_plain(path / "config.json"))

    def essence(config: RunConfig) -> RunConfig:
        ppo = config.ppo.changed(num_timesteps=1, num_evals=2)
        return RunConfig(scene=config.scene, task=config.task, ppo=ppo, engine=config.engine)

    interval = saved.ppo.updates_per_eval
    if essence(saved) != essence(config) or interval != config.ppo.updates_per_eval:
        raise ValueError(
            f"config.json is not what checkpoint {path.name} was trained with. "
            "Put the checkpoint's config.json in its place, or start a new run."
        )
