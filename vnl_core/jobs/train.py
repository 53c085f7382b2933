"""The training job: what `vnl train` runs, in a process of its own."""

import faulthandler
import logging
import os
import sys
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
from vnl_core.rollout import Simulator
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.status import Phase
from vnl_core.scene import build
from vnl_core.training import checkpoint
from vnl_core.training.loop import train
from vnl_core.training.networks import PolicyParams
from vnl_core.training.ppo import TrainingState
from vnl_core.training.sinks import Sinks

log = logging.getLogger("vnl")

FINISHED, FAILED, STOPPED = 0, 1, 143  # exit codes; a shell shows 143 for SIGTERM
# Added to the process's niceness: the dashboard stays responsive beside it.
NICENESS = 5


def environment(config: RunConfig) -> Env:
    """The environment that `config` trains in."""
    return make_env(config.scene, config.task, config.engine, config.threads)


def main(run_dir: Path, make_environment: Callable[[RunConfig], Env] = environment) -> int:
    """Train the run in `run_dir` to its end, or until SIGTERM or SIGINT; the exit code.

    Reports in the run's directory alone: status, metrics, log, checkpoints, videos. Whatever
    goes wrong is in the status's message, its traceback in the log. Call it in the main
    thread, once a process.

    Args:
      run_dir: a directory that `RunDir.create` made.
      make_environment: what to train in.

    Raises:
      RuntimeError: the run has been trained, or is being trained, by another process.
      ValueError: its config is missing or broken.
    """
    run = RunDir(run_dir.resolve())
    try:
        config = run.config()
    except ValidationError as error:
        raise ValueError(f"config.json of {run.path}: {problems(error)[0]}") from error
    except OSError as error:
        raise ValueError(f"There is no run in {run.path}: {error}.") from error
    status = run.status()
    if status.state != "created" and status.pid != os.getpid():
        raise RuntimeError(f"Run {run.id} cannot be trained: it is {status.state}. Start another.")
    _log_to(run.log_path)
    os.nice(NICENESS)
    with _Job(run, config) as job:
        return job.train(make_environment)


class _Job(Vitals):
    """One training, as its run directory sees it; the Observer of `train`."""

    def __init__(self, run: RunDir, config: RunConfig):
        self._run = run
        self._config = config
        self._simulator: Simulator | None = None
        self._filmer = Filmer()
        self._learning_since: float | None = None
        super().__init__(run.status_path, config.ppo.total_steps, self._heard)

    def train(self, make_environment: Callable[[RunConfig], Env]) -> int:
        """Train; the exit code."""
        log.info(
            "Run %s, process %d, compiled programs in %s.",
            self._run.id,
            os.getpid(),
            use_compilation_cache(),
        )
        try:
            with closing(Sinks(self._run, self._config)) as self._sinks, closing(self._filmer):
                env = self._env = make_environment(self._config)
                log.info("%d env steps on the %s engine.", self.status.total_steps, env.backend)
                finished = train(env, self._config.ppo, self._config.task.episode_length, self)
        except Exception as error:
            log.exception("The training failed.")
            reason = str(error).strip().splitlines()[:1] or ["no reason given."]
            message = f"{type(error).__name__}: {reason[0]} The log has the details."
            self.update(state="failed", phase="ended", message=message, eta=None)
            return FAILED
        self._end("finished" if finished else "stopped")
        return FINISHED if finished else STOPPED

    def phase(self, phase: Phase) -> None:
        log.info("%s …", phase.capitalize())
        self.update(phase=phase)

    def report(self, step: int, metrics: dict[str, float]) -> None:
        self._sinks.write(step, metrics)
        rate = metrics.get("training/sps", self.status.env_steps_per_second)
        self.update(step=step, env_steps_per_second=rate, eta=self._eta(step))
        reward = metrics.get("eval/episode_reward")
        if reward is not None:
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

    def checkpoint(self, step: int, state: TrainingState) -> None:
        self.update(phase="saving")
        sizes = self._env.observation_size, self._env.action_size
        checkpoint.save(self._run.checkpoints_path, step, state, self._config, *sizes)
        self.update(step=step)

    def evaluated(self, step: int, params: PolicyParams) -> None:
        if self._config.video_seconds == 0 or self.stopping():
            return
        self.phase("rendering")
        try:
            self._film(step)
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
        self._simulator.run(rollout).save(trajectory)
        video = trajectory.with_suffix(".mp4")
        self._filmer.film(trajectory, video, config.video_camera, self.stopping)

    def _eta(self, step: int) -> float | None:
        """Seconds to the end at the pace so far, evaluations and videos included."""
        if step == 0:
            self._learning_since = time.monotonic()
            return None
        spent = time.monotonic() - (self._learning_since or time.monotonic())
        return spent * (self.status.total_steps - step) / step

    def _end(self, state: str) -> None:
        log.info("The training is %s at step %d.", state, self.status.step)
        message = "Stopped by the user." if state == "stopped" else ""
        self.update(state=state, phase="ended", message=message, eta=None)

    def _heard(self) -> None:
        log.info("Asked to stop.")
        if self.status.phase in ("starting", "compiling"):
            # Nothing has been learnt, and a compilation cannot be interrupted.
            self._end("stopped")
            logging.shutdown()
            os._exit(STOPPED)


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
