"""How all figures look and are written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from vnl_core.aside import replace_file

# What journals print, in mm: one column and two.
COLUMN, PAGE = 85.0, 180.0
# Okabe & Ito's colours, which the colour-blind tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

_LOOK: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "vnl",
}
_FORMATS = {
    "pdf": {"metadata": {"CreationDate": None, "ModDate": None}},
    "svg": {"metadata": {"Date": None}},
    "png": {"dpi": 300},
}


def draw(paint: Callable[[Figure], None], width: float = COLUMN, height: float = 65.0) -> Figure:
    """The figure that `paint` draws, of a size in mm."""
    with mpl.rc_context(_LOOK):
        figure = Figure(figsize=(width / 25.4, height / 25.4), layout="constrained")
        paint(figure)
    return figure


def write(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Writes <name>.pdf, .svg and .png into `folder`; the same figure gives the same bytes.

    Raises:
      OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.{kind}" for kind in _FORMATS]
    with mpl.rc_context(_LOOK):
        for path, options in zip(paths, _FORMATS.values(), strict=True):
            replace_file(path, lambda to, o=options: figure.savefig(to, **o))
    return paths
