"""Ages of files by the clock that stamps them: a file server's may differ from this machine's."""

import os
import tempfile
import time
from functools import lru_cache
from pathlib import Path

# Seconds after which the difference of the two clocks is measured anew.
_EVERY = 60.0


def age(path: Path) -> float:
    """Seconds since `path` was last written, or touched.

    Raises:
      OSError: it is not there, or may not be looked at.
    """
    found = path.lstat()
    return (
        time.time() + _ahead(path.parent, found.st_dev, time.monotonic() // _EVERY) - found.st_mtime
    )


@lru_cache(maxsize=64)
def _ahead(folder: Path, device: int, when: float) -> float:
    """Seconds by which the file system's clock is ahead; 0 where nothing can be written."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0")
            file.flush()
            return os.fstat(file.fileno()).st_mtime - time.time()
    except OSError:
        return 0.0
