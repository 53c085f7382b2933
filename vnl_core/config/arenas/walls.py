"""Walls to pass (dm_control locomotion/arenas/corridors.py, WallsCorridor)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vnl_core.config.arenas.base import (
    CORRIDOR_PADDING,
    FAR,
    Arena,
    Corridor,
    Obstacles,
    arena,
    check_count,
    fitting,
)
from vnl_core.config.base import field
from vnl_core.config.refusal import refusal
from vnl_core.config.span import Span, largest, smallest, span


@arena
class Walls(Arena):
    """Walls that stand out from the corridor's sides."""

    wall_gap: Span = span(
        2.5,
        "m",
        "Distance from wall to wall along x, and to the first from 2 m ahead of the walker.",
        0.5,
        50.0,
    )
    wall_width: Span = span(1.5, "m", "How far each wall reaches into the corridor.", 0.1, 49.0)
    wall_height: Span = span(1.0, "m", "Height of each wall.", 0.05, 10.0)
    wall_swap_side: bool = field(
        True, "-", "Walls stand left and right in turn rather than on one side."
    )

    def rows(self, corridor: Corridor) -> int:
        # The last one counted ends at the corridor's end or behind it.
        return max(0, fitting(self.wall_gap, self._start(corridor), corridor.length) - 1)

    def place(self, corridor: Corridor, values: Mapping[str, Any], xp: Any) -> Obstacles:
        gaps, width = values["wall_gap"], values["wall_width"]
        start = xp.array([self._start(corridor)], gaps.dtype)
        x = xp.cumsum(xp.concatenate([start, gaps]))[1:]
        # The first wall stands on the left, as in dm_control.
        left = (np.arange(len(gaps)) % 2 == 0) | (not self.wall_swap_side)
        half = corridor.width / 2
        low = xp.where(left, half - width, -half)
        x = xp.where(x < corridor.length, x, FAR)
        walls = xp.stack([x, low, low + width, values["wall_height"]], axis=1)
        return Obstacles(xp.zeros((0, 3), gaps.dtype), walls)

    def used(self, corridor: Corridor, values: Mapping[str, Any]) -> int:
        return int((self.place(corridor, values, np).walls[:, 0] < FAR).sum())

    def check(self, corridor: Corridor) -> None:
        if largest(self.wall_width) >= corridor.width:
            raise refusal(
                "arena.wall_width",
                f"A wall of {largest(self.wall_width):g} m closes "
                f"the corridor ({corridor.width:g} m wide).",
                "Narrow the wall or widen the corridor.",
            )
        check_count(self.rows(corridor), "arena.wall_gap")

    def pitch(self) -> float:
        return smallest(self.wall_gap)

    @staticmethod
    def _start(corridor: Corridor) -> float:
        """x from where the first `wall_gap` is counted: dm_control's 2 m, from the walker on.

        So no wall stands in the walker or behind it, wherever it starts.
        """
        return max(0.0, corridor.spawn_x) + CORRIDOR_PADDING
