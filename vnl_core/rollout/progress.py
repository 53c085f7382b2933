"""What every way to simulate an episode shares: progress, cancel, length, and how it ended."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from vnl_core.config import RolloutConfig
from vnl_core.envs import UNSTABLE

Phase = Literal["compiling", "simulating"]
OnProgress = Callable[[Phase, float], None]


class Cancelled(Exception):
    """The user asked for the end of a rollout before it was done."""


def silent(phase: Phase, progress: float) -> None:
    """Tells nobody of progress."""


def ended_unstable(broken: str) -> str:
    """The end of an episode in which `broken`, a degree of freedom, took a huge value or NaN."""
    return f"{UNSTABLE} ({broken})"


def steps_of(config: RolloutConfig) -> int:
    """Control steps that a rollout has at most; the episode's length where it stops there."""
    steps = max(1, round(config.seconds / config.scene.control_timestep))
    return min(steps, config.task.episode_length) if config.stop_at_end else steps


def checkpoint_name(config: RolloutConfig) -> str:
    """RUN/STEP of the checkpoint policy, "" for any other."""
    if config.policy != "checkpoint" or config.checkpoint is None:
        return ""
    path = Path(config.checkpoint)
    return f"{path.parents[1].name}/{int(path.name)}"
