"""The training job: what `vnl train` runs, in a process of its own."""

import faulthandler
import json
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from brax.envs.base import Env
from pydantic import ValidationError

from vnl_core.config import RolloutConfig, RunConfig, problems
from vnl_core.envs import make_env
from vnl_core.jobs.compilation_cache import use_compilation_cache
from vnl_core.jobs.vitals import Vitals
from vnl_core.rendering.film import Filmer
from vnl_core.rollout import Cancelled, Simulator
from vnl_core.runs import ending, retention
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.ending import Ending, Outcome
from vnl_core.runs.files import write_whole
from vnl_core.runs.keeper import DISK_FULL, FAILED, FINISHED, STOPPED
from vnl_core.runs.status import Phase
from vnl_core.scene import build
from vnl_core.training import checkpoint
from vnl_core.training.divergence import Diverged
from vnl_core.training.loop import train
from vnl_core.training.sinks import Sinks
from vnl_core.training.snapshot import Snapshot

log = logging.getLogger("vnl")


def environment(config: RunConfig) -> Env:
    """The environment that `config` trains in."""
    return make_env(config.scene, config.task, config.engine, config.threads)


def main(run_dir: Path, make_environment: Callable[[RunConfig], Env] = environment) -> int:
    """Train the run in `run_dir` to its end, or until SIGTERM or SIGINT; the exit code.

    Reports in the run's directory alone: status, metrics, log, checkpoints, videos. Whatever
    goes wrong is in exit.json, its traceback in the log. Call it in the main thread of a
    process that `runs.keeper.keep` made, which holds the run's lock.

    Args:
      run_dir: a directory that `RunDir.create` made.
      make_environment: what to train in.
    """
    run = RunDir(run_dir.resolve())
    _log_to(run.log_path)
    try:
        config = run.config()
    except (ValidationError, OSError) as error:
        reason = problems(error)[0] if isinstance(error, ValidationError) else error
        message = f"config.json of {run.path}: {reason}"
        log.error(message)
        ending.record(run.path, Ending(state="failed", message=message, code=FAILED))
        return FAILED
    with _Job(run, config) as job:
        return job.train(make_environment)


class _Job(Vitals):
    """One training, as its run directory sees it; the Observer of `train`."""

    def __init__(self, run: RunDir, config: RunConfig):
        self._run = run
        self._config = config
        self._simulator: Simulator | None = None
        self._filmer = Filmer()
        # Of main thread and vitals' thread, which save and end the run: one of them, once.
        self._leaving = threading.RLock()
        self._at: Snapshot | None = None
        self._saved = -1  # updates of the last checkpoint
        self._saved_at = time.monotonic()
        self._began: tuple[int, float] | None = None  # env step and moment learning began at
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
        source = checkpoint.newest(self._run)
        if source:
            _check_same(source.path, self._config)
            self._saved = source.progress.updates
            best = source.progress.best_reward
            message = " ".join([*source.damaged, f"Resumed from step {source.step}."])
            self.update(step=source.step, best_reward=best, message=message)
            log.info("%s", message)
        resumed = (source.metrics_size, source.step) if source else (0, 0)
        self._sinks = Sinks(self._run, self._config, resumed)
        with closing(self._filmer):
            env = self._env = make_environment(self._config)
            log.info("%d env steps on the %s engine.", self.status.total_steps, env.backend)
            length = self._config.task.episode_length
            restore = source.load if source else None
            finished = train(env, self._config.ppo, length, self, restore)
        self._sinks.close()
        return finished

    def phase(self, phase: Phase) -> None:
        log.info("%s …", phase.capitalize())
        self.update(phase=phase)

    def report(self, step: int, metrics: dict[str, float]) -> None:
        self._sinks.write(step, metrics)
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
            checkpoint.save(folder, snapshot, self._config, *sizes, self._sinks.size)
            self._saved, self._saved_at = updates, time.monotonic()
            retention.prune(self._run.checkpoints(), self._config, snapshot.progress.best_step)
            self.update(step=updates * self._config.ppo.steps_per_update)

    def evaluated(self, snapshot: Snapshot) -> None:
        if self._config.video_seconds == 0 or self.stopping():
            return
        self.phase("rendering")
        step = snapshot.progress.updates * self._config.ppo.steps_per_update
        try:
            self._film(step)
        except Cancelled:
            pass
        except RuntimeError as error:  # No OpenGL, for one.
            log.error("No video of step %d: %s", step, error)
        except Exception:
            log.exception("No video of step %d.", step)

    def _film(self, step: int) -> None:
        """An episode of the step's checkpoint, as a trajectory and as a video."""
        run, config = self._run, self._config
        rollout = RolloutConfig(
            scene=config.scene,
            task=config.task,
            policy="checkpoint",
            checkpoint=str(run.checkpoints_path / step_name(step)),
            deterministic=config.ppo.deterministic_eval,
            engine=config.engine,
            seconds=config.video_seconds,
            seed=config.ppo.seed,
        )
        self._simulator = self._simulator or Simulator(build(config.scene), rollout)
        trajectory = run.media_path / f"{step_name(step)}.h5"
        self._simulator.run(rollout, cancelled=self.stopping).save(trajectory)
        video = trajectory.with_suffix(".mp4")
        self._filmer.film(trajectory, video, config.video_camera, self.stopping)

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
            ending.record(self._run.path, Ending(state=state, message=message, code=code))
            self.update(state=state, phase="ended", message=message, eta=None)
        return code

    def _fail(self, error: Exception) -> int:
        log.error("The training failed.", exc_info=error)
        if ending.is_disk_full(error):
            return self._end("disk full", _no_room(self._run.path), DISK_FULL)
        reason = str(error).strip().splitlines()[:1] or ["no reason given."]
        message = f"{type(error).__name__}: {reason[0]} The log has the details."
        return self._end("failed", message, FAILED)

    def _overdue(self) -> None:
        """End in place of the main thread, with what the last whole update left."""
        code = STOPPED
        with self._leaving:
            if ending.recorded(self._run.path) is None:
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
    saved = RunConfig.model_validate_json((path / "config.json").read_bytes())

    def essence(config: RunConfig) -> RunConfig:
        ppo = config.ppo.changed(num_timesteps=1, num_evals=2)
        return RunConfig(scene=config.scene, task=config.task, ppo=ppo, engine=config.engine)

    interval = saved.ppo.updates_per_eval
    if essence(saved) != essence(config) or interval != config.ppo.updates_per_eval:
        raise ValueError(
            f"config.json is not what checkpoint {path.name} was trained with. "
            "Put the checkpoint's config.json in its place, or start a new run."
        )


def _no_room(path: Path) -> str:
    return (
        f"The disk of {path.parent} is full. Delete runs or other files, or keep fewer "
        "checkpoints; then resume it: it goes on from its last checkpoint."
    )


def _log_to(path: Path) -> None:
    """Log to standard output and to `path`, once if they are the same file."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    path.touch()
    if not os.path.samestat(os.fstat(1), path.stat()):
        handlers.append(logging.FileHandler(path, encoding="utf-8"))
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(message)s", handlers=handlers, force=True
    )
    for name in ("vnl", "vnl_core"):
        logging.getLogger(name).setLevel(logging.INFO)
    faulthandler.enable()
