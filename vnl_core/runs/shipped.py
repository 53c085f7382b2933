"""The trained run that comes with the project, so that there is something to watch at once."""

import contextlib
import os
import shutil
from pathlib import Path

from vnl_core.project_files import ROOT

SHIPPED = ROOT / "examples" / "runs"
# Left beside the shipped runs, so that deleted ones are not copied again.
_MARK = ".shipped"
_ASIDE = ".shipped."


def unpack(runs_dir: Path) -> bool:
    """Copies the shipped runs to `runs_dir`, where that folder is absent or still empty.

    Deleted ones are not copied again.

    Returns:
      Whether they were copied.

    Raises:
      OSError: the folder cannot be written.
    """
    if not _is_fresh(runs_dir) or not SHIPPED.is_dir():
        return False
    runs_dir.mkdir(parents=True, exist_ok=True)
    aside = runs_dir / f"{_ASIDE}{os.getpid()}"
    try:
        shutil.copytree(SHIPPED, aside)
        for run in aside.iterdir():
            with contextlib.suppress(FileExistsError):  # another process did it first
                _move(run, runs_dir / run.name)
        (runs_dir / _MARK).touch()
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def with_shipped(runs_dir: Path) -> Path:
    """Where to look runs up by name: `runs_dir`, with the shipped runs in it if it is new.

    Where a new one cannot be written, the folder that the shipped runs come from.
    """
    try:
        unpack(runs_dir)
    except OSError:
        if _is_fresh(runs_dir):
            return SHIPPED
    return runs_dir


def _is_fresh(runs_dir: Path) -> bool:
    """Whether it never held anything except an interrupted copy."""
    try:
        return all(path.name.startswith(_ASIDE) for path in runs_dir.iterdir())
    except FileNotFoundError:
        return True
    except OSError:  # no folder, or an unreadable one: the caller reports it
        return False


def _move(run: Path, to: Path) -> None:
    """Renames a folder, whole or not at all."""
    try:
        run.rename(to)
    except OSError as error:
        if to.exists():
            raise FileExistsError(to) from error
        raise
