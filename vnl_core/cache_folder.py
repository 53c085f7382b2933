"""Where this user's caches on this machine are: compiled programs, the OpenGL choice, the line."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """$VNL_CACHE_DIR, or else vnl in $XDG_CACHE_HOME or in ~/.cache; it may not be there yet.

    A relative XDG_CACHE_HOME is passed over, as the XDG Base Directory Specification asks.
    """
    if own := os.environ.get("VNL_CACHE_DIR"):
        return Path(own).expanduser()
    shared = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (shared if shared.is_absolute() else Path.home() / ".cache") / "vnl"
