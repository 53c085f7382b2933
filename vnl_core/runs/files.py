"""Folders of their own name, and files that a reader never sees half of."""

import contextlib
import os
import tempfile
import time
from pathlib import Path


def new_folder(parent: Path, name: str) -> Path:
    """A new folder <name>-<date>-<time> in `parent`, numbered if that second has one already.

    Raises:
        OSError: `parent` cannot be written.
    """
    parent.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    path, count = parent / stem, 1
    while True:
        try:
            path.mkdir()
            return path
        except FileExistsError:
            count += 1
            path = parent / f"{stem}-{count}"


def newest_folders(parent: Path) -> list[Path]:
    """The folders in `parent`, the last changed first; none where there is no such folder."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in parent.iterdir():
            with contextlib.suppress(FileNotFoundError):  # deleted while we looked
                if path.is_dir():
                    found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def write_whole(path: Path, text: str) -> None:
    """Replace `path` by `text` at once: written aside in the same folder, then renamed.

    Raises:
        OSError: the folder is missing, full or read-only; `path` is then as it was.
    """
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
