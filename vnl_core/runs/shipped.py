"""The trained run that comes with the project, so that there is something to watch at once."""

import os
import shutil
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "examples" / "runs"


def unpack(runs_dir: Path) -> bool:
    """Copies the shipped runs to `runs_dir`, where that folder does not exist yet.

    Whoever deletes them there keeps the folder, and is not given them again.

    Returns:
      Whether they were copied.

    Raises:
      OSError: the folder cannot be written.
    """
    if runs_dir.exists() or not SHIPPED.is_dir():
        return False
    aside = runs_dir.with_name(f".{runs_dir.name}.{os.getpid()}")
    shutil.copytree(SHIPPED, aside)
    try:
        aside.rename(runs_dir)
    except OSError:
        shutil.rmtree(aside)
        if not runs_dir.exists():
            raise
        return False  # another server was sooner
    return True
