"""The arenas: what may be in a corridor's way, one class each."""

# In the order in which a form offers them.
from vnl_core.config.arenas.base import (
    ARENAS,
    CORRIDOR_PADDING,
    FAR,
    MAX_OBSTACLES,
    Arena,
    Corridor,
    Obstacles,
    arena,
)

from vnl_core.config.arenas.gaps import START_PLATFORM_LENGTH, Gaps  # isort: skip
from vnl_core.config.arenas.empty import Empty  # isort: skip
from vnl_core.config.arenas.walls import Walls  # isort: skip

__all__ = [
    "ARENAS",
    "CORRIDOR_PADDING",
    "FAR",
    "MAX_OBSTACLES",
    "START_PLATFORM_LENGTH",
    "Arena",
    "Corridor",
    "Empty",
    "Gaps",
    "Obstacles",
    "Walls",
    "arena",
]
