"""Rollouts: the warm worker process that makes them, and the folders it leaves them in.

The worker is a `vnl worker` of this dashboard's own: it keeps compiled rollouts, takes one
id a line on its standard input, and ends when that is closed.
"""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from vnl_core.config import RolloutConfig
from vnl_core.runs.directory import default_runs_dir
from vnl_core.runs.files import new_folder, write_whole

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
FINAL = ("finished", "failed", "cancelled")
# A rollout of another process that has said nothing for so long is given up.
SILENCE = 300.0


class Worker:
    """The worker process, started when it is first needed and again when it has died."""

    def __init__(self, runs_dir: Path):
        self._runs_dir = runs_dir
        self._process: subprocess.Popen[str] | None = None
        self._mine: list[str] = []
        self._lock = threading.Lock()

    def submit(self, rollout_id: str) -> None:
        """Queues the rollout whose request lies in its folder."""
        with self._lock:
            process = self._alive() or self._start()
            assert process.stdin
            process.stdin.write(f"{rollout_id}\n")
            process.stdin.flush()
            self._mine.append(rollout_id)

    def warm(self) -> None:
        """Starts the process ahead of the first rollout: importing JAX takes seconds."""
        with self._lock:
            if self._process is None:
                self._start()

    def works_on(self, rollout_id: str) -> bool:
        """Whether the living process was given this rollout."""
        with self._lock:
            return self._alive() is not None and rollout_id in self._mine

    def abort(self) -> list[str]:
        """Ends the process at once; returns the rollouts it was given, the oldest first."""
        with self._lock:
            if process := self._alive():
                process.kill()
                process.wait()
            given, self._mine = self._mine, []
        return given

    def close(self) -> None:
        """Lets the process end: nothing more will come."""
        with self._lock:
            if self._process and self._process.stdin:
                self._process.stdin.close()
            self._process = None

    def _command(self) -> list[str]:
        return [sys.executable, "-m", "vnl_core", "worker", "--runs-dir", str(self._runs_dir)]

    def _alive(self) -> subprocess.Popen[str] | None:
        running = self._process is not None and self._process.poll() is None
        return self._process if running else None

    def _start(self) -> subprocess.Popen[str]:
        self._mine.clear()
        folder = self._runs_dir / "rollouts"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "worker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.PIPE, stdout=log, stderr=log, text=True
            )
        return self._process


@st.cache_resource(on_release=lambda worker: worker.close(), show_spinner=False)
def worker(runs_dir: str) -> Worker:
    """This dashboard's worker, one for all sessions."""
    return Worker(Path(runs_dir))


@dataclass(frozen=True)
class Rollout:
    """A rollout's folder as it is now."""

    path: Path
    request: RolloutConfig | None
    """None where request.json is missing or of another version."""
    state: str
    progress: float
    message: str

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.path.name

    @property
    def active(self) -> bool:
        """Whether it is still being made."""
        return self.state not in FINAL

    def videos(self) -> dict[str, Path]:
        """The videos, by camera."""
        found = sorted(self.path.glob("video-*.mp4"))
        return {path.stem.removeprefix("video-"): path for path in found}


def folder() -> Path:
    """Where rollouts live."""
    return default_runs_dir().resolve() / "rollouts"


def warm() -> None:
    """Starts this dashboard's worker, for a page on which a rollout is likely."""
    worker(str(default_runs_dir().resolve())).warm()


def submit(request: RolloutConfig) -> str:
    """Starts a rollout; returns its id.

    Raises:
      OSError: the runs directory cannot be written, or the worker cannot be started.
    """
    path = new_folder(folder(), request.policy)
    write_whole(path / "request.json", request.to_json())
    worker(str(default_runs_dir().resolve())).submit(path.name)
    return path.name


def cancel(rollout: Rollout) -> None:
    """Ends a rollout: at the next chunk of its simulation, at once while it waits or is compiled.

    A compilation listens to nobody, so its process is ended; what waits behind it is given to
    the next one.
    """
    (rollout.path / "cancel").touch()
    status = {"state": "cancelled", "progress": 0.0, "message": "Cancelled on request."}
    mine = worker(str(default_runs_dir().resolve()))
    waiting: list[str] = []
    if rollout.state == "compiling" and mine.works_on(rollout.id):
        waiting = mine.abort()
    elif rollout.state != "queued":
        return
    write_whole(rollout.path / "status.json", json.dumps(status))
    for rollout_id in waiting:
        if (other := read(rollout_id)) and other.active:
            mine.submit(rollout_id)


def read(rollout_id: str) -> Rollout | None:
    """The rollout of that id, or None where there is none."""
    path = folder() / rollout_id
    if not _ID.fullmatch(rollout_id) or not path.is_dir():
        return None
    try:
        request = RolloutConfig.model_validate_json((path / "request.json").read_bytes())
    except (OSError, ValidationError):
        request = None
    try:
        status = json.loads((path / "status.json").read_bytes())
    except (OSError, ValueError):
        status = {}
    state, message = status.get("state", "queued"), status.get("message", "")
    if state not in FINAL and _abandoned(path):
        state, message = "failed", "The process that worked on it has ended. Start it again."
    return Rollout(path, request, state, float(status.get("progress") or 0.0), message)


def _abandoned(path: Path) -> bool:
    if worker(str(default_runs_dir().resolve())).works_on(path.name):
        return False
    newest = max((file.stat().st_mtime for file in path.iterdir()), default=0.0)
    return time.time() - newest > SILENCE


def recent(limit: int = 50) -> list[Rollout]:
    """The newest rollouts first."""
    if not folder().is_dir():
        return []
    paths = [path for path in folder().iterdir() if path.is_dir()]
    paths.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    return [rollout for path in paths[:limit] if (rollout := read(path.name))]


def delete(rollout: Rollout) -> None:
    """Removes a rollout that is no longer being made."""
    if not rollout.active:
        shutil.rmtree(rollout.path)
