"""Rollouts: the warm worker process that makes them, and the folders it leaves them in.

The worker is a `vnl worker`, which keeps compiled rollouts.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from vnl_core.config import RolloutConfig
from vnl_core.runs.directory import default_runs_dir
from vnl_core.runs.files import new_folder, newest_folders, write_whole
from vnl_core.ui.workers.worker import FINAL, Worker, progress, set_cancelled

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


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
    mine = worker(str(default_runs_dir().resolve()))
    waiting: list[str] = []
    if rollout.state == "compiling" and mine.works_on(rollout.id):
        waiting = mine.abort()
    elif rollout.state != "queued":
        return
    set_cancelled(rollout.path)
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
    found = progress(path, worker(str(default_runs_dir().resolve())).works_on(path.name))
    return Rollout(path, request, *found)


def recent(limit: int = 50) -> list[Rollout]:
    """The newest rollouts first."""
    paths = newest_folders(folder())[:limit]
    return [rollout for path in paths if (rollout := read(path.name))]


def delete(rollout: Rollout) -> None:
    """Removes a rollout that is no longer being made."""
    if not rollout.active:
        shutil.rmtree(rollout.path)


def start(wanted: RolloutConfig, slot: str, episodes: int = 1) -> None:
    """Submits rollouts of consecutive seeds and remembers their ids in the session under `slot`.

    Several are seen in 3D and filmed in one grid, so none of them gets a video of its own.
    """
    several = {"cameras": ()} if episodes > 1 else {}
    try:
        ids = [
            submit(wanted.changed(seed=(wanted.seed + i) % 2**31, **several))
            for i in range(episodes)
        ]
        st.session_state[slot] = ",".join(ids)
    except OSError as error:
        st.session_state[f"{slot}_error"] = f"{error}. Check the runs directory under System."
