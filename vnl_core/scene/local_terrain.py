"""Room for the terrain near a walker: a few boxes for each of its geoms, in place of all.

MJX tests every pair of geoms in every step, near or far, so a corridor of 25 platforms makes
it slow. Here each walker geom gets `count` boxes of its own, the slots. Before each
physics step the engine fills them with the terrain boxes nearest to the geom, each cut to a
neighbourhood that the geom cannot leave within the step. So the contacts are those of the
whole terrain, whatever its length. The planes beside and below the platforms, which MJX tests
against every geom too, are half spaces and go into slots as boxes.
"""

import math
from typing import NamedTuple

import mujoco
import numpy as np

from vnl_core.config import SceneConfig
from vnl_core.scene.mjx_facts import BOX, PLANE, contact_parameters

# No part of a walker moves faster; a fall from 20 m ends at that speed. In m/s.
MAX_SPEED = 20.0
# Half spaces as boxes: so deep that nothing passes through, and longer than any corridor; metres.
_DEPTH, _EXTENT = 10.0, 1000.0


class Slots(NamedTuple):
    """The boxes for the terrain near each of n walker geoms."""

    geoms: tuple[str, ...]
    """Names of the walker's geoms, (n,)."""
    travel: float
    """How far from a geom's bounding box slots reach, metres."""
    count: int
    """Slots of each geom."""
    near: int
    """Boxes, planes among them, that any part of the walker can be near at a time, at most."""
    planes: np.ndarray
    """Least and greatest corner of the boxes that stand for planes, (planes, 2, 3), metres."""

    def name(self, geom: int, slot: int) -> str:
        """Name of a slot's geom."""
        return f"vnl_slot/{self.geoms[geom]}/{slot}"

    def ids(self, model: mujoco.MjModel) -> np.ndarray:
        """Geom ids of the slots in `model`, (n, count)."""
        names = [[self.name(g, s) for s in range(self.count)] for g in range(len(self.geoms))]
        return np.array([[model.geom(name).id for name in row] for row in names])  # ascending


def terrain_boxes(model: mujoco.MjModel) -> np.ndarray:
    """Ids of the boxes that stand still and collide: platforms and walls, (G,)."""
    still = model.body_weldid[model.geom_bodyid] == 0
    solid = (model.geom_contype | model.geom_conaffinity) > 0
    return np.flatnonzero(still & solid & (model.geom_type == BOX))


def outer_planes(model: mujoco.MjModel, boxes: np.ndarray) -> np.ndarray:
    """Ids of the planes around the terrain: across x or y, or below all of the `boxes`, (n,)."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    lowest = (data.geom_xpos[boxes] - model.geom_size[boxes])[:, 2].min()
    found = []
    for i in np.flatnonzero(model.geom_type == PLANE):
        normal = data.geom_xmat[i].reshape(3, 3)[:, 2]
        collides = model.geom_contype[i] or model.geom_conaffinity[i]
        outside = abs(normal[2]) < 0.5 or data.geom_xpos[i, 2] < lowest
        if collides and outside and np.isclose(np.abs(normal).max(), 1.0):
            found.append(i)
    return np.array(found, int)


def _half_spaces(model: mujoco.MjModel, planes: np.ndarray) -> np.ndarray:
    """Least and greatest corner of the boxes that stand for `planes`, (n, 2, 3)."""
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    corners = np.tile([[-_EXTENT], [_EXTENT]], (len(planes), 1, 3))
    for corner, i in zip(corners, planes, strict=True):
        normal = data.geom_xmat[i].reshape(3, 3)[:, 2]
        axis = int(np.abs(normal).argmax())
        surface = data.geom_xpos[i, axis]
        corner[:, axis] = sorted([surface, surface - np.sign(normal[axis]) * _DEPTH])
    return corners


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
    planes = outer_planes(model, boxes)
    travel = MAX_SPEED * config.physics_timestep + float(model.geom_margin[geoms].max())

    def within(radius: float) -> int:
        """Boxes along x that are partly within `radius`, at most."""
        return min(len(boxes), math.floor(2 * (radius + travel) / config.arena.pitch()) + 2)

    slots = Slots(
        geoms=tuple(model.geom(i).name for i in geoms),
        travel=travel,
        # One more for a plane; in a corner between two the boxes are fewer.
        count=within(model.geom_rbound[geoms].max()) + min(1, len(planes)),
        near=within(_reach(model, geoms)) + len(planes),
        planes=_half_spaces(model, planes),
    )
    pattern = boxes[0]  # dm_control's platforms, walls and planes are all alike in their contacts
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
    for i in [*boxes, *planes]:
        spec.delete(spec.geom(model.geom(i).name))
    return slots


def _reach(model: mujoco.MjModel, geoms: np.ndarray) -> float:
    """No part of `geoms` is ever further than this from the root of its tree, metres."""
    furthest = 0.0
    for geom in geoms:
        body = model.geom_bodyid[geom]
        reach = model.geom_rbound[geom] + np.linalg.norm(model.geom_pos[geom])
        while body != model.body_rootid[body]:
            reach += np.linalg.norm(model.body_pos[body])
            joints = model.body_jntadr[body] + np.arange(model.body_jntnum[body])
            for joint in joints:
                # An axis beside the body's origin swings it about, a slide shifts it.
                reach += 2 * np.linalg.norm(model.jnt_pos[joint])
                if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_SLIDE:
                    limited = model.jnt_limited[joint]
                    reach += np.abs(model.jnt_range[joint]).max() if limited else _EXTENT
            body = model.body_parentid[body]
        furthest = max(furthest, float(reach))
    return furthest
