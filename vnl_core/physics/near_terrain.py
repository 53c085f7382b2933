"""The terrain near each of a walker's geoms, put into the slots of an MJX model."""

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from mujoco import mjx

from vnl_core.scene.local_terrain import Slots

# Where a slot waits that nothing is near: this far below its geom, in metres.
_AWAY = 1000.0


class NearTerrain:
    """Fills the slots of an MJX model; a pure function of positions and boxes, so it vmaps."""

    def __init__(self, model: mujoco.MjModel, slots: Slots, true_bounds: bool = False):
        """Args:
        model: the adapted model.
        slots: those in it.
        true_bounds: give slots their bounding spheres, for an engine that relies on them,
          rather than radii that make MJX-JAX rank pairs well.
        """
        geoms = np.array([model.geom(name).id for name in slots.geoms])
        kind, size = model.geom_type[geoms, None], model.geom_size[geoms]
        round_ = np.isin(kind, [mujoco.mjtGeom.mjGEOM_SPHERE, mujoco.mjtGeom.mjGEOM_CAPSULE])
        self._geoms, self._slots = geoms, slots.ids(model)
        # A geom as a core box swollen by a radius: a capsule's core is its axis.
        axis = np.where(kind == mujoco.mjtGeom.mjGEOM_CAPSULE, size[:, [1]], 0.0) * [0, 0, 1]
        self._core = np.where(round_, axis, model.geom_aabb[geoms, 3:])
        self._radius = np.where(round_, size[:, :1], 0.0)
        self._bound = model.geom_rbound[geoms]
        self._travel = slots.travel
        self._true_bounds = true_bounds

    def fill(
        self, model: mjx.Model, data: mjx.Data, position: jax.Array, size: jax.Array
    ) -> mjx.Model:
        """`model` with the terrain near the walker.

        Args:
          model: the adapted model.
          data: where its geoms are.
          position: centres of the terrain's boxes, (G, 3), metres.
          size: their half extents, (G, 3), metres.
        """
        centre = data.geom_xpos[self._geoms]  # (n, 3)
        turned = jnp.abs(data.geom_xmat[self._geoms]) @ self._core[..., None]
        half = turned[..., 0] + self._radius  # of the geom's bounding box along x, y and z
        low, high = position - size, position + size
        gap = jnp.maximum(low - (centre + half)[:, None], (centre - half)[:, None] - high)
        gap = gap.max(axis=-1)  # (n, G), of bounding boxes, negative where they overlap
        for slot in self._slots.T:
            nearest = jnp.argmin(gap, axis=1)
            chosen = jnp.take_along_axis(gap, nearest[:, None], axis=1)[:, 0]
            gap = gap.at[jnp.arange(len(nearest)), nearest].set(jnp.inf)
            reach = half + self._travel
            cut_low = jnp.maximum(low[nearest], centre - reach)
            cut_high = jnp.minimum(high[nearest], centre + reach)
            here = chosen[:, None] < self._travel
            below = centre - jnp.array([0.0, 0.0, _AWAY])
            put = jnp.where(here, (cut_low + cut_high) / 2, below)
            extent = jnp.where(here, (cut_high - cut_low) / 2, 1e-3)
            if self._true_bounds:
                bound = jnp.linalg.norm(extent, axis=1)
                aabb = model.geom_aabb.at[slot, 1].set(extent)
                model = model.replace(geom_aabb=aabb)  # type: ignore[attr-defined]
            else:
                # MJX-JAX ranks pairs by the distance of their bounding spheres. With this
                # radius that is the gap between their bounding boxes.
                bound = jnp.linalg.norm(put - centre, axis=1) - self._bound - chosen
            model = model.replace(  # type: ignore[attr-defined]
                geom_pos=model.geom_pos.at[slot].set(put),
                geom_size=model.geom_size.at[slot].set(extent),
                geom_rbound=model.geom_rbound.at[slot].set(bound),
            )
        return model
