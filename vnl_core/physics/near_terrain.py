"""The terrain near each of a walker's geoms, put into the slots of an MJX model."""

from typing import Any

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from mujoco import mjx

from vnl_core.scene.local_terrain import Slots

# A slot with no terrain nearby is this far below its geom, in metres.
_AWAY = 1000.0


class NearTerrain:
    """What is in the slots of an MJX model; a pure function of positions and boxes, so it vmaps."""

    def __init__(self, model: mujoco.MjModel, slots: Slots, true_bounds: bool = False):
        """Reads off the model what does not change.

        Args:
          model: the adapted model.
          slots: those in it.
          true_bounds: give slots their bounding spheres, for an engine that relies on them,
            rather than radii that make MJX-JAX rank pairs well.
        """
        geoms = np.array([model.geom(name).id for name in slots.geoms])
        kind, size = model.geom_type[geoms, None], model.geom_size[geoms]
        round_ = np.isin(kind, [mujoco.mjtGeom.mjGEOM_SPHERE, mujoco.mjtGeom.mjGEOM_CAPSULE])
        self._geoms, self._slots, self._planes = geoms, slots.ids(model), slots.planes
        # A geom as a core box swollen by a radius: a capsule's core is its axis.
        axis = np.where(kind == mujoco.mjtGeom.mjGEOM_CAPSULE, size[:, [1]], 0.0) * [0, 0, 1]
        self._core = np.where(round_, axis, model.geom_aabb[geoms, 3:])
        self._radius = np.where(round_, size[:, :1], 0.0)
        self._bound = model.geom_rbound[geoms]
        self._travel, self._near = slots.travel, slots.near
        self._true_bounds = true_bounds

    def fields(
        self, model: mjx.Model, data: mjx.Data, position: jax.Array, size: jax.Array
    ) -> dict[str, jax.Array]:
        """The fields of `model` that hold the terrain, with what is near the walker.

        Args:
          model: the adapted model.
          data: where its geoms are.
          position: centres of the terrain's boxes, (G, 3), metres.
          size: their half extents, (G, 3), metres.
        """
        position = jnp.concatenate([position, self._planes.mean(axis=1)])
        size = jnp.concatenate([size, np.ptp(self._planes, axis=1) / 2])
        centre = data.geom_xpos[self._geoms]  # (n, 3)
        turned = jnp.abs(data.geom_xmat[self._geoms]) @ self._core[..., None]
        half = turned[..., 0] + self._radius  # of the geom's bounding box along x, y and z
        low, high = position - size, position + size
        # Of all boxes those near the walker, and of them those near each geom.
        whole = jnp.maximum(low - (centre + half).max(axis=0), (centre - half).min(axis=0) - high)
        near = jax.lax.top_k(-whole.max(axis=-1), min(self._near, len(low)))[1]
        low, high = low[near], high[near]  # (near, 3)
        gap = jnp.maximum(low - (centre + half)[:, None], (centre - half)[:, None] - high)
        gap = gap.max(axis=-1)  # (n, near), of bounding boxes, negative where they overlap
        nearest, chosen = _least(gap, self._slots.shape[1])  # (n, count)
        centre, reach = centre[:, None], (half + self._travel)[:, None]
        cut_low = jnp.maximum(low[nearest], centre - reach)
        cut_high = jnp.minimum(high[nearest], centre + reach)
        here = (chosen < self._travel)[..., None]
        below = centre - jnp.array([0.0, 0.0, _AWAY])
        put = jnp.where(here, (cut_low + cut_high) / 2, below)
        extent = jnp.where(here, (cut_high - cut_low) / 2, 1e-3)
        if self._true_bounds:
            bound = jnp.linalg.norm(extent, axis=-1)
            extents = self._filled(model.geom_aabb[:, 1], extent)  # type: ignore[attr-defined]
            others = {"geom_aabb": model.geom_aabb.at[:, 1].set(extents)}  # type: ignore[attr-defined]
        else:
            # MJX-JAX ranks pairs by the distance of their bounding spheres. With this
            # radius that is the gap between their bounding boxes.
            bound = jnp.linalg.norm(put - centre, axis=-1) - self._bound[:, None] - chosen
            others = {}
        return {
            "geom_pos": self._filled(model.geom_pos, put),
            "geom_size": self._filled(model.geom_size, extent),
            "geom_rbound": self._filled(model.geom_rbound, bound),
            **others,
        }

    def _filled(self, field: jax.Array, values: Any) -> jax.Array:
        """`field` (ngeom, …) with `values` (n, count, …) for the slots, whose ids are a range."""
        rows = values.reshape(-1, *field.shape[1:])
        return jax.lax.dynamic_update_slice_in_dim(field, rows, self._slots[0, 0], axis=0)


def _least(values: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
    """Places and values of the `count` least of each row of `values` (n, m), both (n, count)."""
    places, found = [], []
    for _ in range(count):
        place = jnp.argmin(values, axis=1)
        places.append(place)
        found.append(values.min(axis=1))
        values = jnp.where(jnp.arange(values.shape[1]) == place[:, None], jnp.inf, values)
    return jnp.stack(places, axis=1), jnp.stack(found, axis=1)
