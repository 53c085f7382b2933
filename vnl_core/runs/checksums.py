"""SHA256SUMS: checksums of a folder's files, which show any change, down to a flipped bit.

The format is that of coreutils, so `sha256sum -c SHA256SUMS` in the folder checks it as well.
"""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from vnl_core.plain_files import open_plain, read_plain

NAME = "SHA256SUMS"


class Damaged(ValueError):
    """A folder's files do not match its checksums."""


def write(folder: Path, but: Collection[str] = ()) -> None:
    """Write the checksums of all files in `folder`, and bring all of it onto the disk.

    Args:
      folder: what is complete now.
      but: names in `folder` that are left out, for they have checksums of their own.

    Raises:
      OSError: the disk is full or read-only.
    """
    (folder / NAME).write_text(_sums(folder, but), encoding="utf-8")
    for path in _files(folder, but):
        sync(path)
    for path in folder.rglob("*"):
        if path.is_dir():
            sync(path)
    sync(folder / NAME)
    sync(folder)


def verify(folder: Path, but: Collection[str] = ()) -> None:
    """Check `folder` against its checksums.

    Raises:
      Damaged: a file is missing, changed or too many; the message names it.
    """
    try:
        written = read_plain(folder / NAME).decode()
        found = _sums(folder, but)
    except (OSError, UnicodeDecodeError) as error:
        raise Damaged(f"{folder} is damaged: {error}.") from error
    if found == written:
        return
    then, now = _by_name(written), _by_name(found)
    for name in [*then, *now]:
        if then.get(name) != now.get(name):
            how = "is missing" if name not in now else "has changed" if name in then else "is new"
            raise Damaged(f"{folder} is damaged: {name} {how}.")
    raise Damaged(f"{folder} is damaged: {NAME} has changed.")


def sync(path: Path) -> None:
    """Wait until the file or folder `path` is on the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _files(folder: Path, but: Collection[str]) -> list[Path]:
    found = (
        p for p in folder.rglob("*") if p.is_file() and p.relative_to(folder).parts[0] not in but
    )
    return sorted(path for path in found if path != folder / NAME)


def _sums(folder: Path, but: Collection[str]) -> str:
    lines = []
    for path in _files(folder, but):
        with os.fdopen(open_plain(path), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"{digest}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


def _by_name(text: str) -> dict[str, str]:
    pairs = (line.split("  ", 1) for line in text.splitlines() if "  " in line)
    return {name: digest for digest, name in pairs}
