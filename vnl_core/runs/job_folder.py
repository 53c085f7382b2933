"""The folders of jobs that the warm workers do: rollouts and films. Formats only, no processes."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vnl_core.config import RolloutConfig
from vnl_core.plain_files import open_plain, read_plain
from vnl_core.runs.files import write_whole

JobState = Literal[
    "queued", "compiling", "simulating", "rendering", "finished", "failed", "cancelled"
]
FINAL: tuple[JobState, ...] = ("finished", "failed", "cancelled")


class JobStatus(BaseModel):
    """The status of a job: status.json of its folder."""

    model_config = ConfigDict(frozen=True)

    state: JobState = "queued"
    progress: float = Field(default=0.0, ge=0.0)
    """Share of the state that is done."""
    message: str = ""
    summary: dict[str, float | str] = {}
    """What came of it, by name with unit; empty until it is finished."""

    @property
    def final(self) -> bool:
        """Whether nothing more will come."""
        return self.state in FINAL


@dataclass(frozen=True)
class JobFolder:
    """A job's folder. Holds a path, no open files."""

    path: Path

    @property
    def request_path(self) -> Path:
        """The config of what is asked for."""
        return self.path / "request.json"

    @property
    def status_path(self) -> Path:
        """The JobStatus."""
        return self.path / "status.json"

    @property
    def cancel_path(self) -> Path:
        """A file whose presence asks the job to end."""
        return self.path / "cancel"

    def status(self) -> JobStatus:
        """The job's status; queued where nothing readable was written yet."""
        try:
            return JobStatus.model_validate_json(read_plain(self.status_path))
        except (OSError, ValidationError):
            return JobStatus()

    def write_status(self, status: JobStatus) -> None:
        """Replaces status.json at once.

        Raises:
          OSError: the folder is gone, full or read-only.
        """
        write_whole(self.status_path, status.model_dump_json() + "\n")

    def ask_to_cancel(self) -> None:
        """Asks the job to end; it looks now and then."""
        os.close(open_plain(self.cancel_path, os.O_WRONLY | os.O_CREAT))

    def set_cancelled(self) -> None:
        """Says that the job ended on request."""
        self.write_status(JobStatus(state="cancelled", message="Cancelled on request."))

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end, or its folder was deleted."""
        return self.cancel_path.exists() or not self.path.is_dir()


@dataclass(frozen=True)
class RolloutDir(JobFolder):
    """The folder of one rollout."""

    @property
    def trajectory_path(self) -> Path:
        """The trajectory (docs/trajectory.md)."""
        return self.path / "trajectory.h5"

    @property
    def parquet_path(self) -> Path:
        """The traces as Parquet."""
        return self.path / "traces.parquet"

    @property
    def csv_path(self) -> Path:
        """The traces as CSV."""
        return self.path / "traces.csv"

    @property
    def egocentric_path(self) -> Path:
        """What the walker saw, where that was recorded."""
        return self.path / "egocentric.h5"

    def video_path(self, name: str) -> Path:
        """The video of that camera name, free of slashes."""
        return self.path / f"video-{name}.mp4"

    def videos(self) -> dict[str, Path]:
        """The videos there are, by camera."""
        found = sorted(self.path.glob("video-*.mp4"))
        return {path.stem.removeprefix("video-"): path for path in found}

    def request(self) -> RolloutConfig | None:
        """What was asked for; None where request.json is missing or of another version."""
        try:
            return RolloutConfig.model_validate_json(read_plain(self.request_path))
        except (OSError, ValidationError):
            return None
