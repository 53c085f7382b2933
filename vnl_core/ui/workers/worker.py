"""This dashboard's worker processes, and the status of their jobs.

A worker is a `vnl` verb that takes one folder's name a line on its standard input and ends
when that is closed.
"""

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from vnl_core.plain_files import plain_file
from vnl_core.runs.job_folder import JobFolder, JobState, JobStatus

# A job of another process has failed if its files have not changed for so long.
SILENCE = 300.0


class Worker:
    """The worker process, started when it is first needed and again when it has died."""

    def __init__(self, runs_dir: Path, verb: str = "worker"):
        self._runs_dir, self._verb = runs_dir, verb
        self._process: subprocess.Popen[str] | None = None
        self._mine: list[str] = []
        self._lock = threading.Lock()

    def submit(self, name: str) -> None:
        """Queues the request that lies in the folder `name`."""
        with self._lock:
            process = self._alive() or self._start()
            assert process.stdin
            process.stdin.write(f"{name}\n")
            process.stdin.flush()
            self._mine.append(name)

    def warm(self) -> None:
        """Starts the process ahead of the first job: importing JAX takes seconds."""
        with self._lock:
            if self._process is None:
                self._start()

    def works_on(self, name: str) -> bool:
        """Whether the living process was given this folder."""
        with self._lock:
            return self._alive() is not None and name in self._mine

    def abort(self) -> list[str]:
        """Ends the process at once; returns the folders it was given, the oldest first."""
        with self._lock:
            if process := self._alive():
                process.kill()
                process.wait()
            given, self._mine = self._mine, []
        return given

    def close(self) -> None:
        """Closes its input, so that the process ends by itself."""
        with self._lock:
            if self._process and self._process.stdin:
                self._process.stdin.close()
            self._process = None

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "vnl_core", self._verb, "--runs-dir", str(self._runs_dir)]

    def _alive(self) -> subprocess.Popen[str] | None:
        running = self._process is not None and self._process.poll() is None
        return self._process if running else None

    def _start(self) -> subprocess.Popen[str]:
        self._mine.clear()
        folder = self._runs_dir / "rollouts"
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with plain_file(folder / f"{self._verb}.log", flags) as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.PIPE, stdout=log, stderr=log, text=True
            )
        return self._process


@dataclass(frozen=True)
class Job:
    """A worker's job as it is now."""

    folder: JobFolder
    status: JobStatus

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    @property
    def state(self) -> JobState:
        """Of the job."""
        return self.status.state

    @property
    def progress(self) -> float:
        """Share of the state that is done."""
        return self.status.progress

    @property
    def message(self) -> str:
        """Of the job."""
        return self.status.message

    @property
    def active(self) -> bool:
        """Whether it is still being made."""
        return not self.status.final


def status_of(job: JobFolder, worked_on: bool) -> JobStatus:
    """A job's status; `worked_on` if a living worker of ours has it.

    A job that no worker of ours has, and whose files have not changed for long, has failed.
    """
    status = job.status()
    if status.final or worked_on:
        return status
    newest = max((file.stat().st_mtime for file in job.path.iterdir()), default=0.0)
    if time.time() - newest > SILENCE:
        message = "The process that worked on it has ended. Start it again."
        return status.model_copy(update={"state": "failed", "message": message})
    return status
