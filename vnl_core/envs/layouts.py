"""Terrains as arrays: read off a scene, or drawn in JAX, one for each environment of a batch."""

import jax
import jax.numpy as jnp
from flax import struct

from vnl_core.config import SceneConfig, Span
from vnl_core.config.arenas import FAR, Obstacles
from vnl_core.config.span import bounds, smallest
from vnl_core.physics import Boxes
from vnl_core.scene import Layout, Segment
from vnl_core.scene.arenas import PLATFORM_HALF, WALL_HALF, placed
from vnl_core.scene.layout import TOUCHING, Wall, floor

# The height scan's value where nothing lies, in metres: deep, and no number a floor could have.
GAP_DEPTH = -1.0
# Where the boxes of unused platforms and walls are: behind every corridor's end, and far below.
_PARKED, _PARKED_SIZE = (FAR, 0.0, -20.0), 0.001


class Terrain(struct.PyTreeNode):
    """Platforms and walls of one environment, in metres; unused ones are at x = FAR.

    A corridor without platforms has floor everywhere.
    """

    starts: jax.Array
    """x where each platform begins, ascending, (platforms,)."""
    ends: jax.Array
    """x where each platform ends, (platforms,)."""
    heights: jax.Array
    """Height of each platform's top, (platforms,)."""
    walls: jax.Array
    """x, y from, y to, height of each wall, (walls, 4)."""
    finish: jax.Array
    """x at which the corridor is done, ()."""
    length: float = struct.field(pytree_node=False)
    """The corridor's length."""
    width: float = struct.field(pytree_node=False)
    """The corridor's width."""

    @classmethod
    def of(cls, layout: Layout) -> "Terrain":
        """The terrain of a scene."""
        return _terrain(placed(layout), layout.finish, layout.length, layout.width)

    @property
    def _gaps(self) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Behind each platform but the last: is there a gap, where it starts and ends."""
        starts, ends = self.ends[:-1], self.starts[1:]
        return (ends - starts > TOUCHING) & (ends < FAR), starts, ends

    def height(self, x: jax.Array, y: jax.Array | float) -> jax.Array:
        """Height of the terrain at x (n,) and y (); GAP_DEPTH where nothing lies."""
        ground = jnp.zeros_like(x)
        if self.starts.size:
            here = (x[:, None] >= self.starts) & (x[:, None] <= self.ends)
            ground = jnp.max(jnp.asarray(jnp.where(here, self.heights, GAP_DEPTH)), axis=1)
        if self.walls.size:
            wall_x, low, high, height = self.walls.T
            here = (jnp.abs(x[:, None] - wall_x) < WALL_HALF) & (y > low) & (y < high)
            wall = jnp.max(jnp.asarray(jnp.where(here, height, 0.0)), axis=1)
            ground = jnp.maximum(ground, wall)
        return ground

    def floor(self, x: jax.Array) -> jax.Array:
        """Height of the platform at x (), or of the one before the gap at x."""
        return floor(self.starts, self.heights, x)

    def lowest(self) -> jax.Array:
        """Height of the lowest platform, at most 0."""
        return jnp.min(self.heights, initial=0.0)

    def edges(self) -> jax.Array:
        """x of where gaps start and end, FAR where there is no gap, (2 (platforms - 1),)."""
        exist, starts, ends = self._gaps
        return jnp.where(exist, jnp.stack([starts, ends]), FAR).ravel()

    def gaps_behind(self, x: jax.Array) -> jax.Array:
        """How many gaps end before x (), as float32."""
        exist, _, ends = self._gaps
        return jnp.sum(exist & (ends < x)).astype(jnp.float32)

    def gaps_met(self, x: jax.Array) -> jax.Array:
        """How many gaps start before x (), as float32."""
        exist, starts, _ = self._gaps
        return jnp.sum(exist & (starts < x)).astype(jnp.float32)

    def boxes(self) -> Boxes:
        """The same as the box geoms of dm_control's arenas."""
        zeros, half = jnp.zeros_like(self.starts), jnp.full_like(self.starts, self.width / 2)
        thin = jnp.full_like(self.starts, PLATFORM_HALF)
        platforms = (
            jnp.stack([(self.starts + self.ends) / 2, zeros, self.heights - PLATFORM_HALF], 1),
            jnp.stack([(self.ends - self.starts) / 2, half, thin], 1),
            self.starts < FAR,
        )
        x, low, high, height = self.walls.T
        walls = (
            jnp.stack([x, (low + high) / 2, height / 2], 1),
            jnp.stack([jnp.full_like(x, WALL_HALF), (high - low) / 2, height / 2], 1),
            x < FAR,
        )
        # XLA's CPU compiler aborts on a concatenation with nothing.
        parts = [part for part in (platforms, walls) if part[2].size]
        if not parts:
            return Boxes(jnp.zeros((0, 3)), jnp.zeros((0, 3)))
        position, size, used = (jnp.concatenate(part) for part in zip(*parts, strict=True))
        return Boxes(
            jnp.where(used[:, None], position, jnp.array(_PARKED)),
            jnp.where(used[:, None], size, _PARKED_SIZE),
        )

    def layout(self) -> Layout:
        """The same in plain numbers, for a scene to be built from; not under jit."""
        platforms = tuple(
            Segment(float(start), float(end), self.width, float(height))
            for start, end, height in zip(self.starts, self.ends, self.heights, strict=True)
            if start < FAR
        )
        gaps = tuple(
            Segment(left.end, right.start, self.width)
            for left, right in zip(platforms, platforms[1:], strict=False)
            if right.start - left.end > TOUCHING
        )
        walls = tuple(Wall(*map(float, wall)) for wall in self.walls if wall[0] < FAR)
        finish = float(self.finish)
        return Layout(self.length, self.width, platforms, gaps, walls, finish)


def draw(config: SceneConfig, key: jax.Array, difficulty: jax.Array | float = 1.0) -> Terrain:
    """A terrain from the distributions of `config`, always of the same shapes.

    Args:
      config: the scene; its `terrain_seed` does not matter here.
      key: what is drawn depends on.
      difficulty: 1 for gaps as `config` has them, 0 for its smallest gap everywhere, ().
    """
    arena, corridor = config.arena, config.corridor
    rows, names = arena.rows(corridor), arena.spans()
    keys = jax.random.split(key, max(1, len(names)))
    values = {
        name: _draw(getattr(arena, name), one, rows) for name, one in zip(names, keys, strict=False)
    }
    if arena.grows:
        least = smallest(getattr(arena, arena.grows))
        values[arena.grows] = least + difficulty * (values[arena.grows] - least)
    obstacles = arena.place(corridor, values, jnp)
    finish = jnp.float32(config.corridor_length)
    if len(obstacles.platforms):
        x, length, _ = obstacles.platforms.T
        finish = jnp.minimum(finish, jnp.max(x + length, where=x < FAR, initial=0.0))
    return _terrain(obstacles, finish, config.corridor_length, config.corridor_width)


def _terrain(obstacles: Obstacles, finish, length: float, width: float) -> Terrain:
    x, extent, heights = _floats(obstacles.platforms).T
    return Terrain(
        starts=x,
        ends=jnp.asarray(jnp.where(x < FAR, x + extent, FAR)),
        heights=heights,
        walls=_floats(obstacles.walls),
        finish=_floats(finish),
        length=length,
        width=width,
    )


def terrain_of(config: SceneConfig, boxes: Boxes) -> Terrain:
    """The terrain whose `boxes()` these are, except that a last gap may change `finish`.

    Args:
      config: what it was drawn from.
      boxes: of one environment, centres and half extents (boxes, 3).
    """
    position, size = boxes.position, boxes.size
    low, high = position - size, position + size
    used = position[:, 2] > _PARKED[2] / 2
    platforms = slice(0, config.most_platforms)
    walls = slice(config.most_platforms, None)
    x, length = position[walls, 0], jnp.float32(config.corridor_length)
    ends = jnp.where(used, high[:, 0], FAR)[platforms]
    reached = jnp.max(ends, where=ends < FAR, initial=0.0) if config.most_platforms else length
    columns = [x, low[walls, 1], high[walls, 1], 2 * size[walls, 2]]
    return Terrain(
        starts=jnp.where(used, low[:, 0], FAR)[platforms],
        ends=ends,
        heights=jnp.where(used, high[:, 2], 0.0)[platforms],
        walls=jnp.where(used[walls, None], jnp.stack(columns, axis=1), jnp.array([FAR, 0, 0, 0])),
        finish=jnp.minimum(length, reached),
        length=config.corridor_length,
        width=config.corridor_width,
    )


def _draw(span: Span, key: jax.Array, count: int) -> jax.Array:
    """`count` values along the corridor, (count,)."""
    low, high = _floats([bounds(span, i) for i in range(count)]).reshape(-1, 2).T
    return low + jax.random.uniform(key, (count,)) * (high - low)


def _floats(values) -> jax.Array:
    return jnp.asarray(values, jnp.float32)
