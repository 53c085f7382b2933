"""Who works on a run: what its supervisor writes into the run's lock file."""

import os
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from vnl_core.plain_files import plain_file, read_plain

# Of a record, filled up with blanks; a host's name has at most 64.
_BYTES = 256


class Owner(BaseModel):
    """The supervisor that holds, or was the last to hold, a run's lock."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    pid: int
    create_time: float
    """Start of the process [s since 1970]; tells it from a later one with the same pid."""
    host: str = ""
    """Name of its machine; empty in records of older versions."""
    attempt: int = 0
    """Counts the starts of this run."""

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, where its pid means something."""
        return self.host in ("", os.uname().nodename)

    def is_replaced(self, path: Path) -> bool:
        """Whether the lock file at `path` names another start of the run.

        A machine that was cut off from a shared file system may have lost the lock to another,
        and is not told. A record that cannot be read says nothing.
        """
        found = read_owner(path)
        return found is not None and (found.host, found.attempt) != (self.host, self.attempt)


def owner(pid: int, attempt: int) -> Owner:
    """The record of the process `pid` of this machine, which makes the run's start `attempt`.

    Raises:
      psutil.Error: there is no such process.
    """
    born = psutil.Process(pid).create_time()
    return Owner(pid=pid, create_time=born, host=os.uname().nodename, attempt=attempt)


def write_owner(path: Path, record: Owner) -> None:
    """Write `record` into the lock file at `path`; for who holds the lock.

    Raises:
      OSError: it cannot be written.
    """
    # In place, so that the lock stays, and in one write of one length: a starter and the process
    # that it started both write who that is, and neither must meet half a record of the other.
    with plain_file(path, os.O_WRONLY) as file:
        file.write(record.model_dump_json().ljust(_BYTES - 1).encode() + b"\n")


def read_owner(path: Path) -> Owner | None:
    """The record in the lock file at `path`; None where there is none, or only half of one."""
    try:
        return Owner.model_validate_json(read_plain(path, 4096))
    except (OSError, ValidationError):
        return None
