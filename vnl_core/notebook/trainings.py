"""Trainings started from a notebook, each in a process of its own."""

import time
from collections.abc import Callable
from pathlib import Path

from vnl_core.config import RunConfig
from vnl_core.load_config import load_run
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.metrics import MetricsTail, Row
from vnl_core.runs.status import BROKEN
from vnl_core.supervision import launch

# Seconds between two looks at the run.
_POLL = 0.2


def train(
    run: RunConfig | str,
    runs_dir: Path | str | None = None,
    on_report: Callable[[Row], None] = lambda row: None,
) -> RunDir:
    """Trains with PPO, as `vnl train` does, and waits; interrupting it stops the training.

    Args:
      run: what to train, or the name of a preset.
      runs_dir: where the run's directory goes; $VNL_RUNS_DIR or ./runs when None.
      on_report: called with each new row of metrics: step, time and brax's names.

    Returns:
      The run, finished or stopped; its `checkpoints()` are what was learnt, oldest first.

    Raises:
      RuntimeError: the training failed; the message says why and where its log is.
      ValueError: no such preset.
      OSError: the directory cannot be written.
    """
    config = load_run(run) if isinstance(run, str) else run
    made = RunDir.create(_runs_dir(runs_dir), config)
    launch.start_training(made)
    metrics = MetricsTail(made.metrics_path)
    try:
        _follow(made, metrics, on_report)
    except KeyboardInterrupt:
        launch.stop(made)
        _follow(made, metrics, on_report)
    status = made.status()
    if status.state in BROKEN:
        raise RuntimeError(f"Run {made.id} {status.state}: {status.message} See {made.log_path}.")
    return made


def _follow(run: RunDir, metrics: MetricsTail, on_report: Callable[[Row], None]) -> None:
    alive = True
    while alive:
        alive = run.status().alive  # before the rows, so that the last ones are read
        for row in metrics.read():
            on_report(row)
        if alive:
            time.sleep(_POLL)


def open_run(run_id: str, runs_dir: Path | str | None = None) -> RunDir:
    """The run `run_id`: its `config()`, `status()`, `checkpoints()` and `videos()`.

    Args:
      run_id: name of the run's directory.
      runs_dir: where it is; $VNL_RUNS_DIR or ./runs when None.

    Raises:
      ValueError: that is no run's name.
      FileNotFoundError: there is no such run.
    """
    return RunDir.find(_runs_dir(runs_dir), run_id)


def _runs_dir(chosen: Path | str | None) -> Path:
    return default_runs_dir() if chosen is None else Path(chosen)
