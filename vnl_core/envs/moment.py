"""What the terms of a task look at: one moment of one simulation, and the terrain."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import struct

from vnl_core.physics import PhysicsState
from vnl_core.scene import Layout

# The height scan's value over a gap, in metres: deep, and no number a floor could have.
GAP_DEPTH = -1.0
# Half the thickness of dm_control's walls, in metres (arenas/corridors.py).
_WALL_HALF = 0.08


class Terrain(NamedTuple):
    """A Layout as arrays, in metres."""

    gap_starts: np.ndarray
    """x where each gap begins, (gaps,)."""
    gap_ends: np.ndarray
    """x where each gap ends, (gaps,)."""
    edges: np.ndarray
    """x of all gap edges, ascending, (2 gaps,)."""
    walls: np.ndarray
    """x, y from, y to, height of each wall, (walls, 4)."""
    end: float
    """x behind which no floor lies; infinite for a corridor without gaps."""
    finish: float
    """x at which the corridor is done."""

    @classmethod
    def of(cls, layout: Layout) -> "Terrain":
        starts = np.array([gap.start for gap in layout.gaps], np.float32)
        ends = np.array([gap.end for gap in layout.gaps], np.float32)
        return cls(
            gap_starts=starts,
            gap_ends=ends,
            edges=np.sort(np.concatenate([starts, ends])),
            walls=np.array(layout.walls, np.float32).reshape(-1, 4),
            end=layout.platforms[-1].end if layout.platforms else np.inf,
            finish=layout.finish,
        )

    def height(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """Height of the terrain at x (n,) and y (): 0 on a floor, GAP_DEPTH where there is none."""
        inside = (x[:, None] > self.gap_starts) & (x[:, None] < self.gap_ends)
        ground = jnp.asarray(jnp.where(inside.any(axis=1) | (x > self.end), GAP_DEPTH, 0.0))
        if not len(self.walls):
            return ground
        wall_x, low, high, height = self.walls.T
        here = (jnp.abs(x[:, None] - wall_x) < _WALL_HALF) & (y > low) & (y < high)
        wall = jnp.max(jnp.asarray(jnp.where(here, height, 0.0)), axis=1)
        return jnp.maximum(ground, wall)

    def gaps_behind(self, x: jax.Array) -> jax.Array:
        """How many gaps end before x (), as float32."""
        return jnp.sum(self.gap_ends < x).astype(jnp.float32)


class Moment(struct.PyTreeNode):
    """One control step of one simulation, as the terms see it; SI units."""

    physics: PhysicsState
    root: jax.Array
    """Position of the walker's root body, (3,)."""
    velocity: jax.Array
    """Mean velocity of the walker's centre of mass over the control step, (3,)."""
    ctrl: jax.Array
    """Controls, (nu,)."""
    crossed: jax.Array
    """Gaps crossed for the first time in this step, ()."""
