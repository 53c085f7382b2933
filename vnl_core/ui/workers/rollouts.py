"""Rollouts: the warm worker process that makes them, and the folders it leaves them in.

The worker is a `vnl worker`, which keeps compiled rollouts.
"""

import contextlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from vnl_core.config import RolloutConfig
from vnl_core.runs.directory import default_runs_dir
from vnl_core.runs.files import new_folder, newest_folders, write_whole
from vnl_core.runs.job_folder import RolloutDir
from vnl_core.ui.workers.worker import Job, Worker, status_of

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@st.cache_resource(on_release=lambda worker: worker.close(), show_spinner=False)
def worker(runs_dir: str) -> Worker:
    """This dashboard's worker, one for all sessions."""
    return Worker(Path(runs_dir))


@dataclass(frozen=True)
class Rollout(Job):
    """A rollout as it is now."""

    folder: RolloutDir
    request: RolloutConfig | None
    """None where request.json is missing or of another version."""

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.path.name

    def videos(self) -> dict[str, Path]:
        """The videos, by camera."""
        return self.folder.videos()


def folder() -> Path:
    """Where rollouts live."""
    return default_runs_dir().resolve() / "rollouts"


def warm() -> None:
    """Starts this dashboard's worker, for a page on which a rollout is likely.

    Where it cannot be, as over runs that can only be read, the start of a rollout says why.
    """
    with contextlib.suppress(OSError):
        worker(str(default_runs_dir().resolve())).warm()


def submit(request: RolloutConfig) -> str:
    """Starts a rollout; returns its id.

    Raises:
      OSError: the runs directory cannot be written, or the worker cannot be started.
    """
    path = new_folder(folder(), request.policy)
    write_whole(RolloutDir(path).request_path, request.to_json())
    worker(str(default_runs_dir().resolve())).submit(path.name)
    return path.name


def cancel(rollout: Rollout) -> None:
    """Ends a rollout: at the next chunk of its simulation, at once while it waits or is compiled.

    A compilation cannot be interrupted, so its process is ended; requests that waited behind it
    go to the next process.
    """
    rollout.folder.ask_to_cancel()
    mine = worker(str(default_runs_dir().resolve()))
    waiting: list[str] = []
    if rollout.state == "compiling" and mine.works_on(rollout.id):
        waiting = mine.abort()
    elif rollout.state != "queued":
        return
    rollout.folder.set_cancelled()
    for rollout_id in waiting:
        if (other := read(rollout_id)) and other.active:
            mine.submit(rollout_id)


def read(rollout_id: str) -> Rollout | None:
    """The rollout of that id, or None where there is none."""
    path = folder() / rollout_id
    if not _ID.fullmatch(rollout_id) or not path.is_dir() or path.is_symlink():
        return None
    found = RolloutDir(path)
    mine = worker(str(default_runs_dir().resolve()))
    status = status_of(found, mine.works_on(path.name))
    return Rollout(found, status, found.request())


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
