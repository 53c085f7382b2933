"""Names and numbers of a scene's parts: what a click on them tells, and a hand can move."""

from typing import Any

import mujoco
import numpy as np

from vnl_core.scene import Scene


def parts(scene: Scene) -> dict[str, Any]:
    """What the client knows beside shapes.

    walker [its first body, how many]; bodies [name, mass (kg)]; joints [name, body, type,
    position and axis in the body's frame, address in qpos, range or None]; actuators
    [name, low, high]; qpos (nq,) at the start; physics_timestep (s);
    layout {width, platforms and gaps by start and end (m)}
    """
    model = scene.model
    return {
        "walker": walker_bodies(scene),
        "bodies": [
            {"name": model.body(i).name or "world", "mass": float(model.body_mass[i])}
            for i in range(model.nbody)
        ],
        "joints": [_joint(scene, i) for i in range(model.njnt)],
        "actuators": [actuator._asdict() for actuator in scene.walker.actuators],
        "eye": scene.camera("egocentric") if scene.walker.egocentric_camera else None,
        "qpos": scene.qpos.tolist(),
        "physics_timestep": scene.config.physics_timestep,
        "layout": {
            "width": scene.layout.width,
            "platforms": [[s.start, s.end] for s in scene.layout.platforms],
            "gaps": [[s.start, s.end] for s in scene.layout.gaps],
        },
    }


def walker_bodies(scene: Scene) -> list[int]:
    """The walker's first body and how many it has; MuJoCo numbers a tree without holes."""
    model = scene.model
    own = np.flatnonzero(model.body_rootid == model.body_rootid[scene.root_id])
    return [int(own[0]), len(own)]


def _joint(scene: Scene, index: int) -> dict[str, Any]:
    model = scene.model
    address = int(model.jnt_qposadr[index])
    kind = mujoco.mjtJoint(model.jnt_type[index]).name.removeprefix("mjJNT_").lower()
    limited = bool(model.jnt_limited[index])
    return {
        "name": model.joint(index).name,
        "body": int(model.jnt_bodyid[index]),
        "type": kind,
        "position": model.jnt_pos[index].tolist(),
        "axis": model.jnt_axis[index].tolist(),
        "address": address,
        "range": model.jnt_range[index].tolist() if limited else None,
    }
