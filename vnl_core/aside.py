"""Files and folders that a reader sees whole or not at all: made aside, then renamed.

Aside is beside, under a hidden name: a rename within a folder is one step, to another disk it is
not. None of this waits for the disk; who needs that syncs what it writes, and the folder after.
"""

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path


def replace_file(path: Path, write: Callable[[Path], object], mode: int | None = None) -> bool:
    """Replaces the file `path` at once by what `write` makes.

    Processes and threads may do so at the same time: the last one's file stays.

    Args:
      path: the file; its folder is there.
      write: writes the file whose path it is given, of the same suffix. Where it raises or gives
        False, `path` stays as it was and nothing lies beside it.
      mode: the file's permissions; those of any new file when None.

    Returns:
      Whether it was replaced: False where `write` gave False.

    Raises:
      OSError: the folder is missing, full or read-only.
      Whatever `write` raises.
    """
    aside = _beside(path)
    try:
        if write(aside) is False:
            return False
        if mode is not None:
            aside.chmod(mode)
        os.replace(aside, path)
        return True
    finally:
        aside.unlink(missing_ok=True)


def make_folder(path: Path, write: Callable[[Path], object], sole: bool = False) -> bool:
    """Makes the folder `path` at once, with what `write` puts into it.

    Args:
      path: the folder; the one that it lies in is made if need be.
      write: fills the empty folder whose path it is given. Where it raises, nothing stays.
      sole: nobody else makes `path` at the same time. Then what a killed process left of it is
        removed, since it has the same name.

    Returns:
      Whether it was made: False where there is one with something in it, which stays.

    Raises:
      OSError: the disk is full or read-only.
      Whatever `write` raises.
    """
    aside = path.with_name(f".{path.name}") if sole else _beside(path)
    if sole and aside.exists():
        shutil.rmtree(aside)
    try:
        aside.mkdir(parents=True)
        write(aside)
        return _renamed(aside, path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _renamed(folder: Path, to: Path) -> bool:
    try:
        folder.rename(to)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def _beside(path: Path) -> Path:
    """A hidden name of its own: the process's number is that of its other threads too."""
    return path.with_name(f".{path.stem}-{secrets.token_hex(6)}{path.suffix}")
