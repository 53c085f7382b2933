"""The free camera: it stands beside the walker and moves along with it."""

import mujoco
import numpy as np

from vnl_core.scene import Scene

FREE = -1
# Seen from the right and behind, a little from above: the corridor runs into the picture.
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


def free_camera(scene: Scene) -> mujoco.MjvCamera:
    """The free camera, at the right distance for the scene's walker and facing its start."""
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation = AZIMUTH, ELEVATION
    camera.distance = DISTANCE * walker_radius(scene)
    aim(camera, scene, scene.data(), FREE)
    return camera


def aim(camera: mujoco.MjvCamera, scene: Scene, data: mujoco.MjData, index: int) -> None:
    """Makes `camera` the scene's camera `index`, or the free one, which faces the root body."""
    if index == FREE:
        camera.type = mujoco.mjtCamera.mjCAMERA_FREE
        camera.lookat[:] = data.xpos[scene.root_id]
    else:
        camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        camera.fixedcamid = index
