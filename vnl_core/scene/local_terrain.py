"""Room for the terrain near a walker: a few boxes for each of its geoms, in place of all.

MJX tests every pair of geoms in every step, near or far, so a corridor of 25 platforms makes
it slow. Here each walker geom gets `count` boxes of its own, the slots. Before each
physics step the engine fills them with the terrain boxes nearest to the geom, each cut to a
neighbourhood that the geom cannot leave within the step. So the contacts are those of the
whole terrain, whatever its length.
"""

import math
from typing import NamedTuple

import mujoco
import numpy as np

from vnl_core.config import SceneConfig
from vnl_core.config.span import smallest
from vnl_core.scene.mjx_facts import BOX, contact_parameters

# No part of a walker moves faster; a fall from 20 m ends at that speed. In m/s.
MAX_SPEED = 20.0


class Slots(NamedTuple):
    """The boxes for the terrain near each of n walker geoms."""

    geoms: tuple[str, ...]
    """Names of the walker's geoms, (n,)."""
    travel: float
    """How far from a geom's bounding box slots reach, metres."""
    count: int
    """Slots of each geom."""

    def name(self, geom: int, slot: int) -> str:
        """Name of a slot's geom."""
        return f"vnl_slot/{self.geoms[geom]}/{slot}"

    def ids(self, model: mujoco.MjModel) -> np.ndarray:
        """Geom ids of the slots in `model`, (n, count)."""
        names = [[self.name(g, s) for s in range(self.count)] for g in range(len(self.geoms))]
        return np.array([[model.geom(name).id for name in row] for row in names])


def terrain_boxes(model: mujoco.MjModel) -> np.ndarray:
    """Ids of the boxes that stand still and collide: platforms and walls, (G,)."""
    still = model.body_weldid[model.geom_bodyid] == 0
    solid = (model.geom_contype | model.geom_conaffinity) > 0
    return np.flatnonzero(still & solid & (model.geom_type == BOX))


def add_slots(
    spec: mujoco.MjSpec, model: mujoco.MjModel, geoms: np.ndarray, config: SceneConfig
) -> Slots | None:
    """Replaces the terrain boxes in `spec` by slots for the walker's `geoms`.

    Args:
      spec: changed in place; its geoms are those of `model`.
      model: compiled from `spec`.
      geoms: ids of the walker's geoms that meet the terrain.
      config: the scene's; its least distance from box to box says how many can be near.

    Returns:
      the slots, or None where the terrain has no boxes.
    """
    boxes = terrain_boxes(model)
    if not len(boxes) or not len(geoms):
        return None
    travel = MAX_SPEED * config.physics_timestep + float(model.geom_margin[geoms].max())
    breadth = 2 * (model.geom_rbound[geoms].max() + travel)
    slots = Slots(
        geoms=tuple(model.geom(i).name for i in geoms),
        travel=travel,
        count=min(len(boxes), math.floor(breadth / _pitch(config)) + 2),
    )
    pattern = boxes[0]  # dm_control's platforms, and its walls, are all alike in their contacts
    for number, geom in enumerate(geoms):
        for slot in range(slots.count):
            name = slots.name(number, slot)
            spec.worldbody.add_geom(
                name=name, type=BOX, size=[1e-3] * 3, contype=0, conaffinity=0, mass=0
            )
            spec.add_pair(
                geomname1=name,
                geomname2=slots.geoms[number],
                **contact_parameters(model, pattern, geom),
            )
    for i in boxes:
        spec.delete(spec.geom(model.geom(i).name))
    return slots


def _pitch(config: SceneConfig) -> float:
    """Least distance along x from the start of one box to the start of the next, metres."""
    if config.arena == "walls":
        return smallest(config.wall_gap)
    return smallest(config.platform_length) + smallest(config.gap_length)
