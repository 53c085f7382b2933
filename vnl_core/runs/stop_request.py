"""The file `stop` of a run: how its supervisor is asked to stop from another machine.

It is there from the run's start on, and a request changes what is in it: network file systems
show a change of a file to whoever opens it, but may hide for a minute that one has come to be.
"""

import os
import uuid
from pathlib import Path

from vnl_core.plain_files import plain_file, read_plain

_NAME = "stop"


def clear(folder: Path) -> None:
    """Forget requests to earlier processes of the run in `folder`; for who holds its lock.

    Raises:
      OSError: the folder cannot be written.
    """
    _write(folder, b"")


def ask(folder: Path) -> None:
    """Ask the supervisor of the run in `folder`, wherever it is, to stop.

    Raises:
      OSError: the folder cannot be written.
    """
    _write(folder, uuid.uuid4().hex.encode())


def _write(folder: Path, content: bytes) -> None:
    with plain_file(folder / _NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
        file.write(content)


class StopRequests:
    """The requests to one supervisor."""

    def __init__(self, folder: Path):
        self._path = folder / _NAME
        self._heeded = b""

    def new(self) -> bool:
        """Whether there has been another request since the last call."""
        try:
            found = read_plain(self._path, 4096)
        except OSError:  # removed, or the file system does not answer
            return False
        if not found or found == self._heeded:
            return False
        self._heeded = found
        return True
