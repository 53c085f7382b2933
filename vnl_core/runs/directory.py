"""The directory of one training run: its files, its checkpoints and its videos."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from vnl_core.config import RunConfig
from vnl_core.plain_files import NotTrusted, plain_file, read_plain
from vnl_core.runs import extension_sources
from vnl_core.runs.files import new_folder, write_whole
from vnl_core.runs.lock import Lock
from vnl_core.runs.shipped import with_shipped
from vnl_core.runs.status import NAME, Status, distrust, read_status

_STEP = re.compile(r"\d{12}")


class Artifact(NamedTuple):
    """A checkpoint folder or a video, and the env step it was made at."""

    step: int
    path: Path


def default_runs_dir() -> Path:
    """Where runs live unless told otherwise: $VNL_RUNS_DIR, or ./runs."""
    return Path(os.environ.get("VNL_RUNS_DIR") or "runs")


def step_name(step: int) -> str:
    """An env step as file names carry it, so that names sort as steps do."""
    return f"{step:012d}"


@dataclass(frozen=True)
class RunDir:
    """A run's directory. Holds a path, no open files: cheap to make, safe to share."""

    path: Path

    @classmethod
    def create(cls, runs_dir: Path, config: RunConfig) -> Self:
        """A new directory with the config in it and an id of its own, <name>-<date>-<time>.

        Raises:
          OSError: `runs_dir` cannot be written.
        """
        run = cls(new_folder(runs_dir, config.name).resolve())
        run.checkpoints_path.mkdir()
        run.media_path.mkdir()
        extension_sources.keep(run.path, config)
        write_whole(run.config_path, config.to_json())
        return run

    @classmethod
    def find(cls, runs_dir: Path, run_id: str) -> Self:
        """The run `run_id` in `runs_dir`, where a new folder has the shipped runs.

        Raises:
          ValueError: `run_id` is no name of a run (a path that leads elsewhere, for one).
          FileNotFoundError: there is no such run.
          NotTrusted: its folder has more than plain files; the message names what.
        """
        if not NAME.fullmatch(run_id):
            raise ValueError(f"{run_id!r} is no run id. Take one from the list of runs.")
        # The run itself is not resolved: a link in its place is not followed.
        run = cls(with_shipped(runs_dir).resolve() / run_id)
        if reason := distrust(run.path):
            raise NotTrusted(f"Run {run_id} is not trusted: {reason}")
        if not run.exists():
            raise FileNotFoundError(f"There is no run {run_id} in {runs_dir}. It may be deleted.")
        return run

    @property
    def id(self) -> str:
        """Name of the directory, unique in its folder."""
        return self.path.name

    @property
    def config_path(self) -> Path:
        """The RunConfig."""
        return self.path / "config.json"

    @property
    def status_path(self) -> Path:
        """The Status, as the process last wrote it."""
        return self.path / "status.json"

    @property
    def lock_path(self) -> Path:
        """Locked by the processes that work on the run; holds the supervisor's pid."""
        return self.path / "lock"

    @property
    def metrics_path(self) -> Path:
        """The curves, one JSON object a line."""
        return self.path / "metrics.jsonl"

    @property
    def tensorboard_path(self) -> Path:
        """Folder of the TensorBoard event files."""
        return self.path / "tensorboard"

    @property
    def log_path(self) -> Path:
        """What the process printed."""
        return self.path / "log.txt"

    @property
    def checkpoints_path(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def media_path(self) -> Path:
        """Folder of the videos and their trajectories."""
        return self.path / "media"

    def exists(self) -> bool:
        """Whether this is a run's directory rather than some other folder or nothing."""
        return self.config_path.is_file() or self.status_path.is_file()

    def config(self) -> RunConfig:
        """The run's config.

        Raises:
          OSError: config.json cannot be read, or is not trusted.
          pydantic.ValidationError: it is no RunConfig.
        """
        return RunConfig.model_validate_json(read_plain(self.config_path))

    def status(self) -> Status:
        """The run's true status (see `read_status`)."""
        return read_status(self.path)

    def checkpoints(self) -> list[Artifact]:
        """Whole checkpoints, oldest first."""
        return _artifacts(self.checkpoints_path, "")

    def videos(self) -> list[Artifact]:
        """Videos of the evaluations, oldest first."""
        return _artifacts(self.media_path, ".mp4")

    def log_tail(self, lines: int = 40) -> list[str]:
        """The last `lines` lines of the log."""
        try:
            with plain_file(self.log_path) as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 400 * lines))
                text = file.read().decode("utf-8", "replace")
        except (FileNotFoundError, NotTrusted):
            return []
        return text.splitlines()[-lines:]

    def size(self) -> int:
        """Bytes that the run's files take."""
        total = 0
        for folder, _, names in os.walk(self.path):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_size
                except FileNotFoundError:
                    pass  # A living run replaces files while we look.
        return total

    def delete(self) -> None:
        """Remove the run from the disk; of a link, the link alone.

        Raises:
          RuntimeError: a process still works on it.
          ValueError: the folder is not a run's.
        """
        if not self.exists():
            raise ValueError(f"{self.path} is not a run's directory; nothing was deleted.")
        if self.path.is_symlink():
            self.path.unlink()
            return
        try:
            lock = Lock.take(self.lock_path)
        except NotTrusted:  # nobody can hold what nobody opens
            self._remove()
            return
        if lock is None:
            raise RuntimeError(f"Run {self.id} is still being trained. Stop it first.")
        try:
            self._remove()
        finally:
            lock.release()

    def _remove(self) -> None:
        # Renamed first: a half-deleted run must not show up in the list.
        gone = self.path.with_name(f".deleted-{self.id}")
        self.path.rename(gone)
        shutil.rmtree(gone)  # removes links, and follows none


def _artifacts(folder: Path, suffix: str) -> list[Artifact]:
    """What in `folder` is named <step><suffix>, by step; files still being made are not."""
    if not folder.is_dir() or folder.is_symlink():
        return []
    found = (
        Artifact(int(path.stem), path)
        for path in folder.iterdir()
        if path.suffix == suffix and _STEP.fullmatch(path.stem)
    )
    return sorted(found)
