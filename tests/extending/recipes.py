"""The recipes of docs/extending.md, as files."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "extending.md"
RECIPES = dict(re.findall(r"<!-- recipe: (\S+) -->\n```python\n(.*?)```", DOCS.read_text(), re.S))


def write(folder: Path, *names: str) -> str:
    """Writes recipes into `folder`; the value that VNL_EXTENSIONS then has."""
    for name in names:
        (folder / name).write_text(RECIPES[name])
    return str(folder)
