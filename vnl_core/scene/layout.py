"""Where platforms, gaps and walls are, read off the compiled model, in metres."""

from typing import Any, NamedTuple

import mujoco
import numpy as np

from vnl_core.config import SceneConfig


class Segment(NamedTuple):
    """A stretch of the corridor along x (a platform or a gap) and its extent along y, in metres.

    `height` is that of a platform's top; a gap has none.
    """

    start: float
    end: float
    width: float
    height: float = 0.0

    @property
    def length(self) -> float:
        """Its extent along x, in metres."""
        return self.end - self.start


class Wall(NamedTuple):
    """A wall across part of the corridor: its x, its extent along y and its height, in metres."""

    x: float
    y_low: float
    y_high: float
    height: float


class Layout(NamedTuple):
    """The terrain of one scene. The start platform's top and floors are at z = 0.

    `finish` is the x at which the corridor is done: its length, or the end of the last
    platform where that comes sooner.
    """

    length: float
    width: float
    platforms: tuple[Segment, ...]
    gaps: tuple[Segment, ...]
    walls: tuple[Wall, ...]
    finish: float

    @property
    def lowest(self) -> float:
        """Height of the lowest platform, at most 0."""
        return min((platform.height for platform in self.platforms), default=0.0)

    def furthest(self, root_position: np.ndarray) -> np.ndarray:
        """How far the root had come above the platforms by each state, x in metres, (n,).

        Args:
          root_position: (n, 3), in metres.

        Returns:
          The largest x so far; -inf as long as the root was only ever below.
        """
        x, _, z = np.asarray(root_position, float).T
        platforms = np.array([(p.start, p.height) for p in self.platforms]).reshape(-1, 2)
        above = z > floor(platforms[:, 0], platforms[:, 1], x)
        return np.maximum.accumulate(np.where(above, x, -np.inf))


def floor(starts: Any, heights: Any, x: Any) -> Any:
    """Height of the platform at `x`, or of the one before the gap there; NumPy's arrays or JAX's.

    Whoever is below it at `x` has fallen in: there `x` tells nothing of gaps crossed.

    Args:
      starts: x where each platform begins, ascending, in metres, (platforms,).
      heights: of each platform's top, in metres, (platforms,).
      x: in metres, of any shape.

    Returns:
      Heights, of the shape of `x`; 0 in a corridor without platforms, which is floor everywhere.
    """
    if not heights.size:  # zeros in the shape of x, of its library
        return (x != x) * 0.0
    before = (starts <= x[..., None]).sum(-1)
    return heights[(before - 1).clip(0)]


# Narrower than this, in metres, two platforms touch, as dm_control's start platform and the first
# one do; single precision tells positions along a long corridor no further apart than 1e-5.
TOUCHING = 1e-4


def read_layout(model: mujoco.MjModel, config: SceneConfig) -> Layout:
    """The layout that `model` really has, from the geoms dm_control named."""
    boxes = [
        (model.geom(i).name, model.geom_pos[i], model.geom_size[i])
        for i in range(model.ngeom)
        if model.geom_type[i] == mujoco.mjtGeom.mjGEOM_BOX
    ]
    platforms = sorted(
        Segment(
            float(pos[0] - size[0]),
            float(pos[0] + size[0]),
            float(2 * size[1]),
            round(float(pos[2] + size[2]), 9),
        )
        for name, pos, size in boxes
        if name == "start_floor" or name.startswith("floor_")
    )
    walls = tuple(
        Wall(
            float(pos[0]),
            float(pos[1] - size[1]),
            float(pos[1] + size[1]),
            float(pos[2] + size[2]),
        )
        for name, pos, size in boxes
        if name.startswith("wall_")
    )
    gaps = tuple(
        Segment(left.end, right.start, left.width)
        for left, right in zip(platforms, platforms[1:], strict=False)
        if right.start - left.end > TOUCHING
    )
    length = config.corridor_length
    return Layout(
        length=length,
        width=config.corridor_width,
        platforms=tuple(platforms),
        gaps=gaps,
        walls=walls,
        finish=min(length, platforms[-1].end) if platforms else length,
    )
