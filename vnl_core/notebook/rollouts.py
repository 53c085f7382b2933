"""Episodes of a policy, kept compiled from one cell to the next."""

from pathlib import Path
from typing import Any

from vnl_core.config import RolloutConfig, RunConfig
from vnl_core.load_config import load_run
from vnl_core.rollout import Simulators
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory

_simulators = Simulators()


def roll_out(
    run: RunConfig | str, checkpoint: Path | str | None = None, **choices: Any
) -> Trajectory:
    """One episode in the scene and task of a run.

    Args:
      run: the run's config, or the name of a preset.
      checkpoint: folder of a checkpoint whose policy acts; None for `policy`.
      **choices: further fields of RolloutConfig: policy ("random" unless given), seconds, seed,
        engine, stop_at_end, …

    Raises:
      ValueError, FileNotFoundError: no such preset or checkpoint, or a choice that is refused.
    """
    run = load_run(run) if isinstance(run, str) else run
    if checkpoint is not None:
        choices = {"policy": "checkpoint", **choices, "checkpoint": str(checkpoint)}
    config = RolloutConfig(scene=run.scene, task=run.task, **choices)
    return _simulators.run(build(config.scene), config)
