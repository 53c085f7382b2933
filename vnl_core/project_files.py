"""Where the files are that come with the project beside the package: pages, app.py, examples.

In a checkout they are the package's neighbours; a wheel carries them inside it (setup.py).
"""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_IN_WHEEL = _PACKAGE / "_project"

ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent
