"""Files that are replaced whole, so that a reader never sees half of one."""

import os
import tempfile
from pathlib import Path


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
