"""Where everything is at a moment, and a trajectory as a file of such moments.

The file, little-endian:

    uint32                      n, the length of the header
    n bytes                     header, JSON: {"format", "frames", "items"}, padded with spaces
    float32 (frames,)           times, in seconds
    float32 (frames, items, 7)  poses

The items are the model's bodies, then its cameras, then its lights. A pose is a position in
metres and a unit quaternion in three.js's order, x y z w; cameras and lights look along
their -z. So the client needs to know nothing of joints, nor of cameras that track.
"""

import json

import mujoco
import numpy as np

from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory

FORMAT = 1
# The client interpolates, so more moments than a screen shows only make the file longer.
RATE = 60.0  # moments a second


def poses(model: mujoco.MjModel, data: mujoco.MjData) -> np.ndarray:
    """Pose of every body, camera and light at data.qpos, float32 (items, 7)."""
    mujoco.mj_kinematics(model, data)
    mujoco.mj_comPos(model, data)
    mujoco.mj_camlight(model, data)
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


def motion_file(scene: Scene, trajectory: Trajectory) -> bytes:
    """The trajectory's motion, at most `RATE` moments a second and always the last one."""
    model, data = scene.model, mujoco.MjData(scene.model)
    stride = max(1, round(1 / (RATE * trajectory.control_timestep)))
    last = len(trajectory.qpos) - 1
    moments = np.unique([*range(0, last, stride), last])
    frames = []
    for moment in moments:
        data.qpos[:] = trajectory.qpos[moment]
        frames.append(poses(model, data))
    header = json.dumps({"format": FORMAT, "frames": len(frames), "items": len(frames[0])})
    # Typed arrays must begin at a multiple of four bytes.
    header = header.ljust(-(-len(header) // 4) * 4).encode()
    times = trajectory.time[moments].astype("<f4")
    size = len(header).to_bytes(4, "little")
    return b"".join([size, header, times.tobytes(), np.stack(frames).tobytes()])
