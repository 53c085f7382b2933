"""Which checkpoints are kept: the best, the last, and every k-th evaluation's."""

import shutil
from pathlib import Path

from vnl_core.config import RunConfig
from vnl_core.runs.directory import Artifact

# The part of a checkpoint that a training resumes from; a policy does not need it.
STATE = "state"


def prune(checkpoints: list[Artifact], config: RunConfig, best_step: int | None) -> None:
    """Remove what `config` does not keep: whole checkpoints, and the state of older ones.

    Args:
      checkpoints: those of a run, oldest first.
      config: the run's.
      best_step: env step of the best evaluation so far.

    Raises:
      OSError: the folder cannot be written.
    """
    interval = config.ppo.updates_per_eval * config.ppo.steps_per_update
    resumable = [c.step for c in checkpoints if (c.path / STATE).is_dir()][-config.keep_states :]
    for step, path in checkpoints[:-1]:
        if step in resumable:
            continue
        count, rest = divmod(step, interval)
        if step == best_step or (rest == 0 and count % config.keep_every == 0):
            remove(path / STATE)
        else:
            remove(path)


def sweep(checkpoints: Path) -> None:
    """Remove what killed processes left half made, or half removed, beside the checkpoints.

    For who holds the run's lock: nobody is making one.

    Raises:
      OSError: the folder cannot be written.
    """
    if checkpoints.is_dir():
        for path in checkpoints.iterdir():
            if path.name.startswith(".") and path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)


def remove(path: Path) -> None:
    """Deletes the folder `path`, in one step as others see it; it may be absent."""
    if path.is_dir():
        gone = path.with_name(f".gone-{path.name}")
        shutil.rmtree(gone, ignore_errors=True)
        path.rename(gone)
        shutil.rmtree(gone)
