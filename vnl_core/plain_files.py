"""Opens files that somebody else may have made: plain files only, no links, of bounded size.

A run's folder is copied from machine to machine. A symbolic link in it would have us read,
overwrite or delete what lies elsewhere; a pipe would hold us up; a file of terabytes, which a
sparse one may claim to be, would take all memory. Everything under a runs directory is opened here,
and `first_fault` looks a folder through for what is handed to a library by its path.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# Bytes of a file that is read whole, configs and records: they are kilobytes.
LIMIT = 1 << 20


class NotTrusted(OSError):
    """A file or folder is not what it would be had this program made it; it was not opened."""

    def __init__(self, message: str):
        super().__init__(errno.ELOOP, message)

    def __str__(self) -> str:
        return str(self.strerror)


def open_plain(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of the plain file `path`; with O_CREAT it is made where it is missing.

    Raises:
      NotTrusted: it is a link, a folder, a pipe or a device.
      OSError: it is not there, or may not be opened.
    """
    # O_TRUNC only once it is known to be a plain file; without O_NONBLOCK a pipe would wait.
    safe = (flags & ~os.O_TRUNC) | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        fd = os.open(path, safe, 0o644)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise _refused(path) from error
        raise
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise _refused(path)
        if flags & os.O_TRUNC:
            os.ftruncate(fd, 0)
        os.set_blocking(fd, True)
        return fd
    except BaseException:
        os.close(fd)
        raise


@contextmanager
def plain_file(path: Path, flags: int = os.O_RDONLY) -> Iterator[BinaryIO]:
    """`open_plain` as a binary file, closed in the end: read, or written without a buffer."""
    if flags & os.O_APPEND:
        mode, buffering = "ab", 0
    elif flags & (os.O_WRONLY | os.O_RDWR):
        mode, buffering = "wb", 0
    else:
        mode, buffering = "rb", -1
    with open(path, mode, buffering, opener=lambda *_: open_plain(path, flags)) as file:
        yield file


def read_plain(path: Path, limit: int = LIMIT) -> bytes:
    """The content of the plain file `path`.

    Raises:
      NotTrusted: as `open_plain`, or it has more than `limit` bytes.
      OSError: it is not there, or may not be read.
    """
    with plain_file(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        size = path.lstat().st_size
        raise NotTrusted(f"{path.name} has {size:,} bytes; such a file has at most {limit:,}.")
    return content


def first_fault(folder: Path, depth: int | None = None) -> str:
    """Why `folder` is not trusted: what in it is no plain file or folder; empty where nothing is.

    Args:
      folder: that is looked through. It may not be a link itself.
      depth: of the folders in it that are looked through, 0 for none; all when None.

    Raises:
      OSError: it cannot be read.
    """
    if kind := _KINDS.get(_kind(folder)):
        return f"{folder.name} {kind}."
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if depth == 0:
                continue
            try:
                fault = first_fault(Path(entry.path), None if depth is None else depth - 1)
            except (FileNotFoundError, NotADirectoryError):  # a living run's come and go
                continue
            if fault:
                return f"{folder.name}/{fault}"
        elif not entry.is_file(follow_symlinks=False):
            kind = _KINDS.get(_kind(Path(entry.path)))
            if kind:
                return f"{folder.name}/{entry.name} {kind}."
    return ""


_KINDS = {
    stat.S_IFLNK: "is a link to another place",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}


def _refused(path: Path) -> NotTrusted:
    return NotTrusted(f"{path.name} {_KINDS.get(_kind(path), 'is no plain file')}.")


def _kind(path: Path) -> int:
    """Type of the file as `stat` has it; 0 where there is none."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except FileNotFoundError:
        return 0
