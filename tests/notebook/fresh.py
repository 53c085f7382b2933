"""A fresh interpreter, as a notebook's kernel starts on a machine without a display."""

import os
import subprocess
import sys
from pathlib import Path

_GL = ("MUJOCO_GL", "PYOPENGL_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")


def run_fresh(code: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` in `folder` with nothing said of OpenGL or a display."""
    inherited = {name: value for name, value in os.environ.items() if name not in _GL}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**inherited, **variables},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
