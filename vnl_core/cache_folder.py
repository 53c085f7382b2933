"""Where this user's caches on this machine are: compiled programs, the OpenGL choice, the line."""

import os
import tempfile
from pathlib import Path


def cache_folder() -> Path:
    """$VNL_CACHE_DIR, or else vnl in $XDG_CACHE_HOME or in ~/.cache; it may not be there yet.

    Without a home, a folder of this user's among the temporary files. A relative XDG_CACHE_HOME
    is passed over, as the XDG Base Directory Specification asks.
    """
    if own := os.environ.get("VNL_CACHE_DIR"):
        return Path(own).expanduser()
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if shared.is_absolute():
        return shared / "vnl"
    try:
        return Path.home() / ".cache" / "vnl"
    except RuntimeError:  # neither HOME nor an entry in the list of users, as in some containers
        return Path(tempfile.gettempdir()) / f"vnl-{os.getuid()}"
