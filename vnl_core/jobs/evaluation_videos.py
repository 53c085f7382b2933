"""Videos of a run's evaluations: an episode of each checkpoint that was evaluated."""

import logging
from collections.abc import Callable

from vnl_core.config import RolloutConfig, RunConfig
from vnl_core.rendering.video_process import VideoProcess
from vnl_core.rollout import Cancelled, Simulator
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.scene import build

log = logging.getLogger("vnl")


class EvaluationVideos:
    """Makes them one at a time, with one compiled rollout and one warm filming process."""

    def __init__(self, run: RunDir, config: RunConfig):
        self._run = run
        self._config = config
        self._simulator: Simulator | None = None
        self._filmer = VideoProcess()

    def make(self, step: int, cancelled: Callable[[], bool]) -> None:
        """media/<step>.h5 and .mp4 of checkpoint `step`; where there is none, the log says why.

        Args:
          step: env step of a checkpoint.
          cancelled: asked often; nothing is made once it says so.
        """
        try:
            self._make(step, cancelled)
        except Cancelled:
            pass
        except RuntimeError as error:  # No OpenGL, for one.
            log.error("No video of step %d: %s", step, error)
        except Exception:
            log.exception("No video of step %d.", step)

    def close(self) -> None:
        """End the filming process."""
        self._filmer.close()

    def _make(self, step: int, cancelled: Callable[[], bool]) -> None:
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
        self._simulator.run(rollout, cancelled=cancelled).save(trajectory)
        video = trajectory.with_suffix(".mp4")
        self._filmer.film(trajectory, video, config.video_camera, cancelled)
