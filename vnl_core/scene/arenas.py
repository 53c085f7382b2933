"""Corridor arenas: dm_control's, built from a SceneConfig, with a site to bind a walker at."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from dm_control import mjcf
from dm_control.composer.variation import base
from dm_control.locomotion.arenas import corridors

from vnl_core.config import SceneConfig, Span
from vnl_core.config.scene import CORRIDOR_PADDING
from vnl_core.config.span import bounds
from vnl_core.scene.layout import Layout


class Series(base.Variation):
    """Values one after the other along the corridor; what dm_control's arenas draw from."""

    def __init__(self, between: Callable[[int], tuple[float, float]]):
        """Args:
        between: index -> the two values between which that one is drawn, uniformly.
        """
        self._between = between
        self.restart()

    @classmethod
    def of(cls, span: Span) -> "Series":
        """The values that a config's field asks for."""
        return cls(lambda index: bounds(span, index))

    @classmethod
    def exactly(cls, values: list[float]) -> "Series":
        """These values, the last one again and again after them."""
        return cls(lambda index: bounds(values[min(index, len(values) - 1)], 0))

    def restart(self) -> None:
        """From the first value again."""
        self._index = 0

    def __call__(self, initial_value=None, current_value=None, random_state=None) -> float:
        low, high = self._between(self._index)
        self._index += 1
        return low if low == high else float(random_state.uniform(low, high))  # type: ignore[union-attr]


class SpawnMixin:
    """A corridor that binds what is attached to it at its spawn site.

    dm_control's tasks call `arena.attach(walker)` and give the frame they get a free
    joint. Binding at a site makes the spawn the origin of that joint, so that even a bare
    MjModel begins where the design says.

    The frame itself has no geoms. MuJoCo then gives it the arena's `boundmass`, and puts that
    mass at the body's `pos` within the body's own frame: metres away from the walker, whose
    inertia grows with the square of that. So the frame gets the same mass explicitly, at its
    origin, where it is in dm_control's own attachment at the world's origin.
    """

    mjcf_model: mjcf.RootElement

    def add_spawn_site(self, position, quaternion) -> None:
        """Adds the site, at `position` (3,) in metres and `quaternion` (4,)."""
        worldbody: Any = self.mjcf_model.worldbody
        self._spawn_site = worldbody.add(
            "site", name="spawn", pos=position, quat=quaternion, size=[1e-6] * 3
        )

    def attach(self, entity, attach_site=None):
        """Attaches `entity` at the spawn site, or at `attach_site`."""
        frame = super().attach(entity, attach_site or self._spawn_site)  # type: ignore[misc]
        least: Any = self.mjcf_model.compiler
        inertia = [least.boundinertia] * 3
        frame.add("inertial", pos=[0.0, 0.0, 0.0], mass=least.boundmass, diaginertia=inertia)
        return frame


class GapsArena(SpawnMixin, corridors.GapsCorridor):
    """Platforms with gaps between them (dm_control locomotion/arenas/corridors.py).

    Platforms may differ in height, which dm_control's own do not.
    """

    def _build(self, platform_height: Series, **rest: Any) -> None:
        super()._build(**rest)
        self._platform_height = platform_height

    def regenerate(self, random_state) -> None:
        """Draws platforms and gaps, then the platforms' heights."""
        _restart(self._platform_length, self._gap_length, self._platform_height)
        super().regenerate(random_state)
        for geom in self._ground_body.find_all("geom", immediate_children_only=True)[1:]:
            height = self._platform_height(random_state=random_state)
            geom.pos = [*geom.pos[:2], geom.pos[2] + height]


class EmptyArena(SpawnMixin, corridors.EmptyCorridor):
    """A floor without obstacles."""


class WallsArena(SpawnMixin, corridors.WallsCorridor):
    """Walls standing out from the corridor's sides."""

    def regenerate(self, random_state) -> None:
        """Draws the walls."""
        _restart(self._wall_gap, self._wall_width, self._wall_height)
        super().regenerate(random_state)


def _restart(*drawn: Any) -> None:
    for series in drawn:
        series.restart()


Arena = GapsArena | EmptyArena | WallsArena


def make_arena(config: SceneConfig, layout: Layout | None = None) -> Arena:
    """The arena of `config`, not yet regenerated and with nothing attached.

    Args:
      config: the scene.
      layout: the platforms or walls that it shall have, whatever is drawn; None to draw them
        as `config` says.
    """
    common = {
        "corridor_length": config.corridor_length,
        "corridor_width": config.corridor_width,
        "visible_side_planes": config.visible_side_planes,
    }
    if config.arena == "gaps":
        series = (
            _exact_platforms(layout)
            if layout
            else _drawn(config, "platform_length", "gap_length", "platform_height")
        )
        return GapsArena(**series, aesthetic=config.aesthetic, **common)
    if config.arena == "walls":
        series = _exact_walls(layout) if layout else _drawn_walls(config)
        return WallsArena(**series, swap_wall_side=config.wall_swap_side, **common)
    return EmptyArena(**common)


def _drawn(config: SceneConfig, *names: str) -> dict[str, Series]:
    return {name: Series.of(getattr(config, name)) for name in names}


def _drawn_walls(config: SceneConfig) -> dict[str, Series]:
    ahead = config.walls_start - CORRIDOR_PADDING  # dm_control counts from its padding

    def wall_gap(index: int) -> tuple[float, float]:
        low, high = bounds(config.wall_gap, index)
        return (low + ahead, high + ahead) if index == 0 else (low, high)

    return {"wall_gap": Series(wall_gap), **_drawn(config, "wall_width", "wall_height")}


def _exact_platforms(layout: Layout) -> dict[str, Series]:
    platforms = layout.platforms[1:]
    edges = zip(platforms, platforms[1:], strict=False)
    gaps = [right.start - left.end for left, right in edges]
    return {
        "platform_length": Series.exactly([p.length for p in platforms]),
        # After the last platform there is no more corridor.
        "gap_length": Series.exactly([*gaps, layout.length]),
        "platform_height": Series.exactly([p.height for p in platforms]),
    }


def _exact_walls(layout: Layout) -> dict[str, Series]:
    walls = layout.walls
    x = [CORRIDOR_PADDING, *(wall.x for wall in walls)]
    return {
        # After the last wall there is no more corridor.
        "wall_gap": Series.exactly([*np.diff(x).tolist(), layout.length]),
        "wall_width": Series.exactly([wall.y_high - wall.y_low for wall in walls] or [0.0]),
        "wall_height": Series.exactly([wall.height for wall in walls] or [0.0]),
    }


def yaw_quaternion(yaw: float) -> tuple[float, float, float, float]:
    """The quaternion (w, x, y, z) of a turn by `yaw` radians about z."""
    return (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
