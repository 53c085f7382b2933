"""Videos on request: the worker process that makes them, and the folders it leaves them in.

A video lies beside the first of its trajectories, in films/<hash of the request>: the same
film is never made twice, and goes when its episode goes.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from vnl_core.config import VideoConfig, VideoRequest
from vnl_core.plain_files import read_plain
from vnl_core.rendering.video_folder import new_video_folder
from vnl_core.runs.directory import default_runs_dir
from vnl_core.runs.files import newest_folders
from vnl_core.runs.job_folder import JobFolder, JobStatus
from vnl_core.ui.workers.worker import Job, Worker, status_of


@st.cache_resource(on_release=lambda worker: worker.close(), show_spinner=False)
def worker(runs_dir: str) -> Worker:
    """This dashboard's filming process, one for all sessions."""
    return Worker(Path(runs_dir), "films")


@dataclass(frozen=True)
class VideoJob(Job):
    """A video as it is now."""

    request: VideoRequest

    @property
    def video(self) -> Path | None:
        """The MP4, once it is there."""
        return path if (path := self.path / "film.mp4").is_file() else None

    @property
    def gif(self) -> Path | None:
        """The GIF, once it is there."""
        return path if (path := self.path / "film.gif").is_file() else None

    @property
    def title(self) -> str:
        """What sets it apart from other videos of the same episodes."""
        film = self.request.film
        parts = [f"camera {film.camera}", f"{film.width} × {film.height}"]
        parts += [f"{film.speed:g} ×"] if film.speed != 1 else []
        parts += [f"{film.fps} frames/s"] if film.fps != 30 else []
        parts += ["full quality"] if film.quality == "full" else []
        overlays = {"title": film.title, "joints": film.show_joints, "contacts": film.show_contacts}
        return ", ".join([*parts, *(name for name, shown in overlays.items() if shown)])


def request(trajectories: list[Path], film: VideoConfig, gif: bool) -> VideoRequest:
    """The request for a video of trajectory files inside the runs directory."""
    root = _root()
    inside = tuple(path.resolve().relative_to(root).as_posix() for path in trajectories)
    return VideoRequest(trajectories=inside, film=film, gif=gif)


def submit(wanted: VideoRequest) -> VideoJob:
    """Has a video made, unless it is there already or being made.

    Raises:
      OSError: the folder cannot be written, or the worker cannot be started.
    """
    path = _root() / wanted.folder
    found = read(path)
    if found and found.active:
        found.folder.cancel_path.unlink(missing_ok=True)  # asked for again before it was heard
        return found
    if found and found.video and (found.gif or not wanted.gif):
        return found
    new_video_folder(wanted, _root())
    worker(str(_root())).submit(_inside(path))
    return VideoJob(JobFolder(path), JobStatus(), wanted)


def read(path: Path) -> VideoJob | None:
    """The video in the folder `path`, or None where there is none."""
    job = JobFolder(path)
    try:
        wanted = VideoRequest.model_validate_json(read_plain(job.request_path))
    except (OSError, ValidationError):
        return None
    status = status_of(job, worker(str(_root())).works_on(_inside(path)))
    return VideoJob(job, status, wanted)


def of(trajectories: list[Path]) -> list[VideoJob]:
    """Every video of these very trajectories, the newest first."""
    inside = request(trajectories, VideoConfig(), False).trajectories
    paths = newest_folders(trajectories[0].parent / "films")
    found = [film for path in paths if (film := read(path))]
    return [film for film in found if film.request.trajectories == inside]


def cancel(film: VideoJob) -> None:
    """Ends the making of a video: at the next frame, at once while it waits."""
    film.folder.ask_to_cancel()
    if film.state == "queued":
        film.folder.set_cancelled()


def _root() -> Path:
    return default_runs_dir().resolve()


def _inside(path: Path) -> str:
    return path.resolve().relative_to(_root()).as_posix()
