"""Where a training's numbers go: metrics.jsonl, TensorBoard event files, Weights & Biases."""

import importlib.util
import logging
import os
import time
from collections.abc import Mapping
from typing import Any

from tensorboardX import SummaryWriter

from vnl_core.config import RunConfig
from vnl_core.runs.directory import RunDir
from vnl_core.runs.metrics import MetricsWriter

log = logging.getLogger(__name__)


class MetricWriters:
    """Writes each row of metrics everywhere; metrics.jsonl is the one that is read back."""

    def __init__(self, run: RunDir, config: RunConfig, resumed: tuple[int, int] | None = None):
        """Opens both files.

        Args:
          run: whose numbers.
          config: the run's.
          resumed: where the run goes on: (bytes of metrics.jsonl, env step). Rows beyond are cut
            off; TensorBoard hides them, in favour of those in a new event file.
        """
        size, step = resumed or (None, None)
        self._rows = MetricsWriter(run.metrics_path, size)
        self._events = SummaryWriter(str(run.tensorboard_path), purge_step=step, flush_secs=5)
        self._wandb = _wandb_run(run, config)

    @property
    def size(self) -> int:
        """Bytes of metrics.jsonl, which are on the disk when this returns."""
        return self._rows.size

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """One row, measured at env step `step`."""
        now = time.time()
        self._rows.write(step, metrics, now)
        for name, value in metrics.items():
            self._events.add_scalar(name, value, step, walltime=now)
        if self._wandb is not None:
            self._wandb.log(dict(metrics), step=step)

    def close(self) -> None:
        """Write out what is buffered."""
        self._rows.close()
        self._events.close()
        if self._wandb is not None:
            self._wandb.finish()


def _wandb_run(run: RunDir, config: RunConfig) -> Any | None:
    """A W&B run where the user has set W&B up (a key or a mode in the environment), else None."""
    configured = os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_MODE")
    if not configured or importlib.util.find_spec("wandb") is None:
        return None
    import wandb  # type: ignore[import-not-found]

    try:
        return wandb.init(
            project=os.environ.get("WANDB_PROJECT", "vnl-gaps"),
            id=run.id,
            resume="allow",
            dir=str(run.path),
            config=config.model_dump(mode="json"),
        )
    except Exception:  # No network or a wrong key must not prevent training.
        log.exception("Weights & Biases refused the run; training goes on without it.")
        return None
