"""Platforms with gaps between them (dm_control locomotion/arenas/corridors.py, GapsCorridor)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from vnl_core.config.arenas.base import (
    FAR,
    Aesthetic,
    Arena,
    Corridor,
    Obstacles,
    arena,
    check_count,
    fitting,
)
from vnl_core.config.base import field
from vnl_core.config.refusal import refusal
from vnl_core.config.span import Span, Uniform, largest, smallest, span

# dm_control's GapsCorridor opens with a platform of this length, whatever the seed; metres.
START_PLATFORM_LENGTH = 6.0


@arena
class Gaps(Arena):
    """Platforms with gaps between them.

    dm_control's own platforms all have one height; here they may differ.
    """

    grows = "gap_length"
    later = ("platform_height",)

    platform_length: Span = span(
        Uniform(low=1.5, high=2.0), "m", "Length of each platform.", 0.1, 50.0
    )
    gap_length: Span = span(Uniform(low=0.05, high=0.2), "m", "Length of each gap.", 0.0, 20.0)
    platform_height: Span = span(
        0.0, "m", "Height of each platform over the start platform.", -0.5, 0.5
    )
    aesthetic: Aesthetic = field(
        "outdoor_natural", "-", "Ground and sky: plain grey, or grass under an outdoor sky."
    )

    def rows(self, corridor: Corridor) -> int:
        # With the smallest gap everywhere, since a curriculum may shorten every gap to it.
        least = smallest(self.gap_length)
        return fitting(self.platform_length, START_PLATFORM_LENGTH, corridor.length, least)

    def place(self, corridor: Corridor, values: Mapping[str, Any], xp: Any) -> Obstacles:
        lengths, heights = values["platform_length"], values["platform_height"]
        first = xp.array([START_PLATFORM_LENGTH], lengths.dtype)
        starts = xp.cumsum(xp.concatenate([first, lengths + values["gap_length"]]))[:-1]
        used = starts < corridor.length
        columns = [
            xp.concatenate([0 * first, xp.where(used, starts, FAR)]),
            xp.concatenate([first, xp.where(used, lengths, 0)]),
            xp.concatenate([0 * first, xp.where(used, heights, 0)]),
        ]
        return Obstacles(xp.stack(columns, axis=1), xp.zeros((0, 4), lengths.dtype))

    def used(self, corridor: Corridor, values: Mapping[str, Any]) -> int:
        return int((self.place(corridor, values, np).platforms[1:, 0] < FAR).sum())

    def check(self, corridor: Corridor) -> None:
        if largest(self.gap_length) >= corridor.length:
            raise refusal(
                "arena.gap_length",
                f"A gap of {largest(self.gap_length):g} m is longer than "
                f"the corridor ({corridor.length:g} m).",
                "Shorten the gap or lengthen the corridor.",
            )
        check_count(self.rows(corridor), "arena.platform_length")

    def spawn_range(self, corridor: Corridor) -> tuple[float, float, str]:
        return 0.0, START_PLATFORM_LENGTH, "the start platform"

    def looks(self) -> Aesthetic:
        return self.aesthetic

    def pitch(self) -> float:
        return smallest(self.platform_length) + smallest(self.gap_length)
