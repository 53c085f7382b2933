"""Where everything is at one frame, what touches what, and how hard: one row of float32.

    time (s), number of contacts n, the walker's centre of mass (3,) in m,
    poses (items, 7), contacts (n, 8)

The items are the model's bodies, then its cameras, then its lights. A pose is a position in
metres and a unit quaternion in three.js's order, x y z w; cameras and lights look along
their -z. So the client needs no knowledge of joints or of tracking cameras.

A contact is its position (m), the force on the body that feels it (N, in the world's frame),
that body, and the other one. The walker's body feels what the ground does to it.
"""

import mujoco
import numpy as np

from vnl_core.scene import Scene


def frame(scene: Scene, data: mujoco.MjData, time: float = 0.0) -> np.ndarray:
    """The row of a frame of which `mj_forward` has computed all, float32 (5 + 7 items + 8 n,)."""
    model = scene.model
    touching = _contacts(scene, data)
    return np.concatenate(
        [
            [time, len(touching)],
            data.subtree_com[scene.root_id],
            poses(model, data).ravel(),
            touching.ravel(),
        ],
        dtype="<f4",
    )


def poses(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """Pose of every body, camera and light, float32 (items, 7); needs mj_camlight done."""
    pose = np.empty((model.nbody + model.ncam + model.nlight, 7))
    bodies, cameras, lights = np.split(pose, [model.nbody, model.nbody + model.ncam])
    quaternion = np.empty(4)
    bodies[:, :3], bodies[:, 3:] = data.xpos, np.roll(data.xquat, -1, axis=1)
    cameras[:, :3] = data.cam_xpos
    for i, matrix in enumerate(data.cam_xmat):
        mujoco.mju_mat2Quat(quaternion, matrix)
        cameras[i, 3:] = np.roll(quaternion, -1)
    lights[:, :3] = data.light_xpos
    for i, direction in enumerate(data.light_xdir):
        mujoco.mju_quatZ2Vec(quaternion, -direction)
        lights[i, 3:] = np.roll(quaternion, -1)
    return pose.astype("<f4")


def _contacts(scene: Scene, data: mujoco.MjData) -> np.ndarray:
    """Contacts of the walker that bear a force, (n, 8)."""
    model, found = scene.model, data.contact
    if not data.ncon:
        return np.zeros((0, 8))
    forces = np.zeros((data.ncon, 6))
    for i, force in enumerate(forces):
        mujoco.mj_contactForce(model, data, i, force)
    # In the contact's frame, whose rows are its axes, and acting on the second geom.
    world = np.einsum("nij,ni->nj", found.frame.reshape(-1, 3, 3), forces[:, :3])
    bodies = model.geom_bodyid[found.geom]
    own = model.body_rootid[bodies] == model.body_rootid[scene.root_id]
    swap = own[:, 0] & ~own[:, 1]
    world[swap] *= -1
    bodies[swap] = bodies[swap][:, ::-1]
    rows = np.concatenate([found.pos, world, bodies[:, ::-1]], axis=1)
    return rows[own.any(axis=1) & (found.exclude == 0)]
