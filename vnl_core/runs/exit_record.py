"""exit.json: how a run ended, as its last process recorded it; written even on a full disk."""

import errno
import os
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from vnl_core.plain_files import plain_file, read_plain
from vnl_core.runs.files import write_whole

Outcome = Literal["finished", "stopped", "interrupted", "failed", "killed", "disk full"]

# Bytes reserved at the start, so that exit.json can be written on a full disk.
_RESERVE = 64 * 1024
_FULL = (errno.ENOSPC, errno.EDQUOT)


class ExitRecord(BaseModel):
    """The content of exit.json."""

    model_config = ConfigDict(extra="ignore")

    state: Outcome
    message: str = ""
    """Why; empty where all went well."""
    code: int = 0
    """Exit code of the process; minus the signal's number where a signal ended it."""
    time: float = 0.0
    """When it was written [s since 1970]."""


def begin(folder: Path) -> None:
    """Forget how an earlier process of the run in `folder` ended, and set the reserve aside.

    Call it with the run's lock held: before that the record may be another's.

    Raises:
      OSError: the folder cannot be written, or the disk is full; the record is still there.
    """
    reserve = _reserve(folder)
    if not _has_reserve(reserve):
        try:
            with plain_file(reserve, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
                # Not zeros, which may take no room.
                if file.write(os.urandom(_RESERVE)) < _RESERVE:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(reserve))
                os.fsync(file.fileno())
        except OSError:
            make_room(folder)
            raise
    _exit(folder).unlink(missing_ok=True)


def record(folder: Path, entry: ExitRecord) -> None:
    """Write down how the run in `folder` ended, giving up the reserve if need be.

    Raises:
      OSError: the folder is gone, or cannot be written even so.
    """
    text = entry.model_copy(update={"time": time.time()}).model_dump_json(indent=2) + "\n"
    if entry.state == "disk full":
        make_room(folder)
    try:
        write_whole(_exit(folder), text)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        make_room(folder)
        write_whole(_exit(folder), text)


def recorded(folder: Path) -> ExitRecord | None:
    """How the run in `folder` ended, or None where that was not recorded."""
    try:
        return ExitRecord.model_validate_json(read_plain(_exit(folder)))
    except (OSError, ValidationError):
        return None


def make_room(folder: Path) -> None:
    """Give up the reserve."""
    _reserve(folder).unlink(missing_ok=True)


def no_room(run: Path) -> str:
    """What to do where the disk of the run in `run` is full."""
    return (
        f"The disk of {run.parent} is full. Delete runs or other files, or keep fewer "
        "checkpoints; then resume it: it goes on from its last checkpoint."
    )


def is_disk_full(error: BaseException | None) -> bool:
    """Whether `error`, or what caused it, is a full disk or an exhausted quota.

    C++ libraries say it only in the error's text.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return True
        if any(os.strerror(number).lower() in str(error).lower() for number in _FULL):
            return True
        error = error.__cause__ or error.__context__
    return False


def _has_reserve(path: Path) -> bool:
    try:
        return path.lstat().st_size >= _RESERVE and path.is_file() and not path.is_symlink()
    except FileNotFoundError:
        return False


def _exit(folder: Path) -> Path:
    return folder / "exit.json"


def _reserve(folder: Path) -> Path:
    return folder / ".reserve"
