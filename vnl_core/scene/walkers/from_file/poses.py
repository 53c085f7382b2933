"""A file's keyframes as start poses of its animal."""

from dataclasses import dataclass

import mujoco
import numpy as np

from vnl_core.scene.walkers.from_file.ground import rise_to_stand

UNTURNED = np.array([1.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True)
class Pose:
    """A start pose: of the frame that carries the animal, and of its joints."""

    position: np.ndarray
    """(3,), metres, beyond the animal's own place in its file."""
    quaternion: np.ndarray
    """(4,), of the frame."""
    joints: dict[str, np.ndarray]
    """By joint, radians or metres, or a quaternion for a ball."""


def keyframes(model: mujoco.MjModel, top: str, own: set[str]) -> dict[str, Pose]:
    """The keyframes of `model` by name, at the animal's own x and y wherever they have it.

    Args:
      model: the whole file, compiled.
      top: the animal's top-level body.
      own: names of the animal's joints.
    """
    place, turn = model.body(top).pos, model.body(top).quat
    poses = {}
    for index in range(model.nkey):
        qpos, joints = model.key_qpos[index], {}
        position, quaternion = np.zeros(3), UNTURNED
        for joint in range(model.njnt):
            name, first = model.joint(joint).name, model.jnt_qposadr[joint]
            if name not in own:
                continue
            if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_FREE:
                position, quaternion = _carried(qpos[first : first + 7], place, turn)
            else:
                width = 4 if model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_BALL else 1
                joints[name.replace("/", "_")] = qpos[first : first + width].copy()
        poses[model.key(index).name or f"key_{index}"] = Pose(position, quaternion, joints)
    return poses


def standing(model: mujoco.MjModel, pose: Pose, raised: float) -> Pose:
    """`pose` with its lowest geom on the floor, or the small step above it that the file has.

    Args:
      model: the animal alone, as the file places it.
      pose: of that animal.
      raised: how much higher the walker's top body is than that, in metres.
    """
    qpos = model.qpos0.copy()
    for name, values in pose.joints.items():
        first = model.jnt_qposadr[model.joint(name).id]
        qpos[first : first + len(values)] = values
    up = rise_to_stand(model, qpos, pose.position, pose.quaternion)
    back = np.zeros(3)
    mujoco.mju_rotVecQuat(back, np.array([0.0, 0.0, raised]), pose.quaternion)
    return Pose(pose.position + [0.0, 0.0, up] - back, pose.quaternion, pose.joints)


def _carried(
    free: np.ndarray, place: np.ndarray, turn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the frame is that puts a body of pose `place`, `turn` at the pose `free`."""
    back, quaternion, moved = np.zeros(4), np.zeros(4), np.zeros(3)
    mujoco.mju_negQuat(back, turn)
    mujoco.mju_mulQuat(quaternion, free[3:7] / np.linalg.norm(free[3:7]), back)
    mujoco.mju_rotVecQuat(moved, place, quaternion)
    return np.array([*place[:2], free[2]]) - moved, quaternion
