"""A floor without obstacles (dm_control locomotion/arenas/corridors.py, EmptyCorridor)."""

import math
from collections.abc import Mapping
from typing import Any

from vnl_core.config.arenas.base import Arena, Corridor, Obstacles, arena


@arena
class Empty(Arena):
    """A floor without obstacles."""

    def rows(self, corridor: Corridor) -> int:
        return 0

    def place(self, corridor: Corridor, values: Mapping[str, Any], xp: Any) -> Obstacles:
        return Obstacles(xp.zeros((0, 3)), xp.zeros((0, 4)))

    def pitch(self) -> float:
        return math.inf
