"""Folders with unique names, and files that are never seen half written."""

import contextlib
import re
import time
from pathlib import Path
from typing import NamedTuple

from vnl_core.aside import replace_file

_TIME = "%Y%m%d-%H%M%S"
_NUMBERED = re.compile(r"(?P<stem>.+-(?P<time>\d{8}-\d{6}))(?:-(?P<count>\d+))?")


class Created(NamedTuple):
    """When a folder was made; the later of two is the greater, then that of the later name."""

    time: float
    """In seconds since 1970."""
    stem: str
    count: int
    """Its number among those of its name and second, from 1."""


def new_folder(parent: Path, name: str) -> Path:
    """A new folder <name>-<date>-<time> in `parent`, numbered if that second has one already.

    Raises:
      OSError: `parent` cannot be written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{time.strftime(_TIME)}"
    path, count = parent / stem, 1
    while True:
        try:
            path.mkdir()
            return path
        except FileExistsError:
            count += 1
            path = parent / f"{stem}-{count}"


def created(path: Path) -> Created:
    """When the folder `path` was made: by the name that `new_folder` gave it, or its oldest file.

    The name stays where files are written anew and where the folder is copied.

    Raises:
      OSError: it is not there, or may not be read.
    """
    if (found := _NUMBERED.fullmatch(path.name)) is not None:
        with contextlib.suppress(ValueError, OverflowError):  # digits, but no date
            seconds = time.mktime(time.strptime(found["time"], _TIME))
            return Created(seconds, found["stem"], int(found["count"] or 1))
    times = [path.stat().st_mtime]
    for inside in path.iterdir():
        with contextlib.suppress(FileNotFoundError):  # replaced while we looked
            times.append(inside.stat().st_mtime)
    return Created(min(times), path.name, 1)


def newest_folders(parent: Path) -> list[Path]:
    """The folders in `parent`, the last changed first; none where there is no such folder."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in parent.iterdir():
            with contextlib.suppress(FileNotFoundError):  # deleted while we looked
                if path.is_dir() and not path.is_symlink():
                    found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def write_whole(path: Path, text: str) -> None:
    """Replace `path` by `text` at once; everybody may read it.

    Raises:
      OSError: the folder is missing, full or read-only; `path` is then as it was.
    """
    replace_file(path, lambda aside: aside.write_text(text, encoding="utf-8"), mode=0o644)
