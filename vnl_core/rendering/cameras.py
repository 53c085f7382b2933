"""Cameras that no model has: the close-up beside the walker, and MuJoCo's free camera."""

import mujoco
import numpy as np

from vnl_core.scene import CLOSE_UP, FREE, Scene

# The close-up is from the right and behind, a little from above: the corridor runs into it.
AZIMUTH = 60.0
ELEVATION = -20.0
# Distance in walker radii; at the default field of view the walker fills half the height.
DISTANCE = 3.0


def walker_radius(scene: Scene) -> float:
    """Radius of the sphere around the root body that holds the walker's start pose, in metres."""
    model, data = scene.model, scene.data()
    own = (model.body_rootid[model.geom_bodyid] == model.body_rootid[scene.root_id]).nonzero()[0]
    reach = np.linalg.norm(data.geom_xpos[own] - data.xpos[scene.root_id], axis=1)
    return float((reach + model.geom_rbound[own]).max())


def close_up(scene: Scene, data: mujoco.MjData) -> mujoco.MjvCamera:
    """The close-up, at the right distance for the scene's walker and facing it in `data`."""
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation = AZIMUTH, ELEVATION
    camera.distance = DISTANCE * walker_radius(scene)
    camera.lookat[:] = data.xpos[scene.root_id]
    return camera


class Cameras:
    """The cameras of a scene, to draw with."""

    def __init__(self, scene: Scene):
        self._scene = scene
        self._free, self._own = mujoco.MjvCamera(), mujoco.MjvCamera()
        mujoco.mjv_defaultFreeCamera(scene.model, self._free)
        self._own.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._close_up = close_up(scene, scene.data())

    def aim(self, index: int, data: mujoco.MjData) -> mujoco.MjvCamera:
        """The scene's camera `index`, in the state `data`."""
        if index == FREE:
            return self._free
        if index == CLOSE_UP:
            self._close_up.lookat[:] = data.xpos[self._scene.root_id]
            return self._close_up
        self._own.fixedcamid = index
        return self._own
