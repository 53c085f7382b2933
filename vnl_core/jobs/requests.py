"""Requests that arrive as folders: one loop for every warm worker, and how a job reports.

A worker is a `vnl` verb that reads folder names, one a line, on its standard input, does the
request in each, and ends when the input is closed. Whatever becomes of a request, good or bad, is
in its folder's status.json.
"""

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from vnl_core.config import problems
from vnl_core.rollout import Cancelled
from vnl_core.runs.job_folder import JobFolder, JobState, JobStatus

# Progress is written no more often than this, in seconds.
_PERIOD = 0.2


class Reporter:
    """Writes a job's status while it is being done."""

    def __init__(self, job: JobFolder, tell: Callable[[JobStatus], None] = lambda status: None):
        """Reports on one job.

        Args:
          job: the folder.
          tell: is told every status too, whether it is written or not.
        """
        self.job = job
        self._tell = tell
        self._state = ""
        self._written = 0.0

    def set(
        self,
        state: JobState,
        progress: float = 0.0,
        message: str = "",
        summary: dict[str, float | str] | None = None,
    ) -> None:
        """Writes the status, unless the same state was written a moment ago."""
        status = JobStatus(
            state=state, progress=round(progress, 3), message=message, summary=summary or {}
        )
        self._tell(status)
        now = time.monotonic()
        if state == self._state and now - self._written < _PERIOD:
            return
        self._state, self._written = state, now
        with contextlib.suppress(FileNotFoundError):  # the folder was deleted meanwhile
            self.job.write_status(status)

    def cancelled(self) -> bool:
        """Whether the job was asked to end."""
        return self.job.cancelled


def do(job: JobFolder, work: Callable[[Reporter], None]) -> None:
    """Does one request; every outcome ends in its status.json."""
    reporter = Reporter(job)
    try:
        if reporter.cancelled():
            raise Cancelled
        work(reporter)
    except Cancelled:
        reporter.set("cancelled", 0.0, "Cancelled on request.")
    except ValidationError as error:
        reporter.set("failed", 0.0, " ".join(str(p) for p in problems(error)))
    except Exception as error:  # the worker must survive any one request
        traceback.print_exc()
        reporter.set("failed", 0.0, f"{error}" or type(error).__name__)


def serve(root: Path, handle: Callable[[Path], None]) -> None:
    """Hands each folder named on standard input to `handle`, until the input is closed.

    Args:
      root: where the names begin; what leads out of it is passed over.
      handle: does the request in a folder.
    """
    root = root.resolve()
    for line in sys.stdin:
        folder = (root / line.strip()).resolve()
        if line.strip() and folder != root and folder.is_relative_to(root) and folder.is_dir():
            handle(folder)
