"""Corridor arenas: dm_control's, built from a SceneConfig, with a site to bind a walker at."""

import math
from typing import Any

from dm_control import mjcf
from dm_control.composer.variation import distributions
from dm_control.locomotion.arenas import corridors

from vnl_core.config import SceneConfig, Span, Uniform


def variation(value: Span) -> float | distributions.Uniform:
    """A Span as dm_control takes it: the number, or a distribution to draw from."""
    if isinstance(value, Uniform):
        return distributions.Uniform(value.low, value.high)
    return value


class SpawnMixin:
    """A corridor that binds what is attached to it at its spawn site.

    dm_control's tasks call `arena.attach(walker)` and give the frame they get a free
    joint. Binding at a site makes the spawn the origin of that joint, so that even a bare
    MjModel begins where the design says.
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
        return super().attach(entity, attach_site or self._spawn_site)  # type: ignore[misc]


class GapsArena(SpawnMixin, corridors.GapsCorridor):
    """Platforms with gaps between them (dm_control locomotion/arenas/corridors.py)."""


class EmptyArena(SpawnMixin, corridors.EmptyCorridor):
    """A floor without obstacles."""


class WallsArena(SpawnMixin, corridors.WallsCorridor):
    """Walls standing out from the corridor's sides."""


Arena = GapsArena | EmptyArena | WallsArena


def make_arena(config: SceneConfig) -> Arena:
    """The arena of `config`, not yet regenerated and with nothing attached."""
    common = {
        "corridor_length": config.corridor_length,
        "corridor_width": config.corridor_width,
        "visible_side_planes": config.visible_side_planes,
    }
    if config.arena == "gaps":
        return GapsArena(
            platform_length=variation(config.platform_length),
            gap_length=variation(config.gap_length),
            aesthetic=config.aesthetic,
            **common,
        )
    if config.arena == "walls":
        return WallsArena(
            wall_gap=variation(config.wall_gap),
            wall_width=variation(config.wall_width),
            wall_height=variation(config.wall_height),
            swap_wall_side=config.wall_swap_side,
            **common,
        )
    return EmptyArena(**common)


def yaw_quaternion(yaw: float) -> tuple[float, float, float, float]:
    """The quaternion (w, x, y, z) of a turn by `yaw` radians about z."""
    return (math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2))
