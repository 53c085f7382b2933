"""Which parts of a scene are drawn, and what is drawn over them."""

from dataclasses import dataclass

import mujoco
import numpy as np

from vnl_core.rendering.cameras import walker_radius
from vnl_core.scene import FREE, Scene

# dm_control puts the planes that bound a corridor in this geom group, which MuJoCo hides.
_SIDE_PLANES = 3
# What dm_control's walkers put in this one is seen by others, not by their own eye: the nose.
_UNSEEN_BY_ITSELF = 1
# More joints than these are marked smaller, or they would hide each other.
_FEW_JOINTS = 16


@dataclass(frozen=True)
class Overlays:
    """What is drawn over the scene: joint axes; contact points and their forces.

    Joints lie inside the body, which is drawn transparent to show them.
    """

    joints: bool = False
    contacts: bool = False


NO_OVERLAYS = Overlays()


def vis_option(
    scene: Scene, overlays: Overlays = NO_OVERLAYS, camera: int = FREE
) -> mujoco.MjvOption:
    """MuJoCo's visualisation option for a scene seen from `camera`, an index.

    Overlays, side planes if they are wanted, and in the walker's own eye no head of its own.
    """
    option = mujoco.MjvOption()
    eye = scene.walker.egocentric_camera
    if eye and camera == scene.camera(eye):
        option.geomgroup[_UNSEEN_BY_ITSELF] = 0
    option.geomgroup[_SIDE_PLANES] = scene.config.visible_side_planes
    flag = mujoco.mjtVisFlag
    # The ant's rangefinders are yellow lines through every wall in sight.
    option.flags[flag.mjVIS_RANGEFINDER] = False
    option.flags[flag.mjVIS_JOINT] = overlays.joints
    option.flags[flag.mjVIS_TRANSPARENT] = overlays.joints
    option.flags[flag.mjVIS_CONTACTPOINT] = overlays.contacts
    option.flags[flag.mjVIS_CONTACTFORCE] = overlays.contacts
    return option


def size_overlays(model: mujoco.MjModel, scene: Scene) -> None:
    """Sizes overlays by the walker; MuJoCo goes by the mean of all bodies, platforms included."""
    radius = walker_radius(scene)
    model.stat.meansize = radius
    scale = model.vis.scale
    crowding = min(1.0, (_FEW_JOINTS / max(1, model.njnt)) ** 0.5)
    scale.jointlength, scale.jointwidth = 0.3 * crowding, 0.025 * crowding
    scale.contactwidth, scale.contactheight, scale.forcewidth = 0.1, 0.02, 0.03
    # A force of the walker's weight is drawn about a radius long.
    weight = model.body_subtreemass[scene.root_id] * np.linalg.norm(model.opt.gravity)
    model.stat.meanmass = 1.0
    model.vis.map.force = 2.0 * radius / weight if weight else 0.0
