"""One writer per file: an operating-system lock that ends with its last holder.

Open file description locks (Linux, `fcntl(2)`) are shared with the children that inherit the
descriptor, are freed by the kernel however their holders end, and can be probed without being
taken, so that looking at a run never makes its start fail.
"""

import errno
import fcntl
import os
import struct
from pathlib import Path
from typing import Self

from vnl_core.plain_files import open_plain


class Lock:
    """A lock that is held until `release`, or until the process and its children have ended."""

    def __init__(self, fd: int):
        """Takes over a lock that is held.

        Args:
          fd: a descriptor on which the lock has been taken, such as one inherited at birth.
        """
        self.fd = fd
        # For those children only that are meant to share the lock.
        os.set_inheritable(fd, False)

    @classmethod
    def take(cls, path: Path, wait: bool = False) -> Self | None:
        """The lock on `path` (made if missing); None when another process holds it.

        Args:
          path: the file to lock.
          wait: wait for the other process instead.

        Raises:
          OSError: the file cannot be made or is a link, or its file system has no locks.
        """
        fd = open_plain(path, os.O_RDWR | os.O_CREAT)
        try:
            _ask(fd, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, path)
        except BlockingIOError:
            os.close(fd)
            return None
        except OSError:
            os.close(fd)
            raise
        return cls(fd)

    def release(self) -> None:
        """Closes this process's hold; children that share the lock keep it."""
        os.close(self.fd)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on `path`; does not take it.

    Raises:
      OSError: its file system has no locks.
    """
    try:
        fd = open_plain(path, os.O_RDWR)
    except OSError:
        return False
    try:
        answer = _ask(fd, fcntl.F_OFD_GETLK, path)
    finally:
        os.close(fd)
    return struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK


def _ask(fd: int, what: int, path: Path) -> bytes:
    try:
        return fcntl.fcntl(fd, what, _flock())
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        message = (
            f"{path.parent} is on a file system without locks, which keep two processes from "
            "training one run. Mount it with them (NFS: version 4, or 3 with lockd; Lustre: "
            "-o flock), or keep runs elsewhere: VNL_RUNS_DIR"
        )
        raise OSError(error.errno, message) from error


# struct flock: type, whence, start, length (0: to the end), pid (0 for these locks).
_FLOCK = "hhqqi"


def _flock() -> bytes:
    return struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
