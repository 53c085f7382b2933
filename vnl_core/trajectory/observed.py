"""What follows from an episode's states: end effectors, contacts, gaps, names of the columns.

MuJoCo computes it after the episode, so that every engine's trajectory has it and none
computes it on the way.
"""

from typing import NamedTuple

import mujoco
import numpy as np

from vnl_core.scene import Layout, Scene
from vnl_core.trajectory.schema import Axis

_JOINTS = {
    mujoco.mjtJoint.mjJNT_FREE: (
        Axis(("x", "y", "z", "qw", "qx", "qy", "qz"), ("m",) * 3 + ("-",) * 4),
        Axis(("vx", "vy", "vz", "wx", "wy", "wz"), ("m/s",) * 3 + ("rad/s",) * 3),
    ),
    mujoco.mjtJoint.mjJNT_BALL: (
        Axis(("qw", "qx", "qy", "qz"), ("-",) * 4),
        Axis(("wx", "wy", "wz"), ("rad/s",) * 3),
    ),
    mujoco.mjtJoint.mjJNT_SLIDE: (Axis(("",), ("m",)), Axis(("",), ("m/s",))),
    mujoco.mjtJoint.mjJNT_HINGE: (Axis(("",), ("rad",)), Axis(("",), ("rad/s",))),
}


class Observed(NamedTuple):
    """Arrays of T + 1 states, and the columns of all arrays; `schema` says what each is."""

    end_effectors: np.ndarray
    contacts: np.ndarray
    foot_contact: np.ndarray
    gap: np.ndarray
    gap_distance: np.ndarray
    gap_phase: np.ndarray
    axes: dict[str, Axis]


def observe(scene: Scene, qpos: np.ndarray, root_position: np.ndarray) -> Observed:
    """What follows from the positions qpos (T + 1, nq) and root_position (T + 1, 3)."""
    model, data = scene.model, mujoco.MjData(scene.model)
    effectors = [model.body(name).id for name in scene.walker.end_effectors]
    feet = np.array([model.geom(name).id for name in scene.walker.feet], int)
    own = model.body_rootid[model.geom_bodyid] == model.body_rootid[scene.root_id]
    count = len(qpos)
    positions = np.empty((count, len(effectors), 3))
    contacts = np.empty(count, int)
    touching = np.zeros((count, len(feet)), bool)
    for i, pose in enumerate(qpos):
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        positions[i] = data.xpos[effectors]
        # A pair that is near but exerts no force is among MuJoCo's contacts, marked excluded.
        pairs = data.contact.geom[data.contact.exclude == 0]
        contacts[i] = len(pairs)
        outside = pairs[own[pairs].sum(axis=1) == 1]
        touching[i] = np.isin(feet, outside)
    return Observed(
        end_effectors=positions,
        contacts=contacts,
        foot_contact=touching,
        **gaps(scene.layout, root_position[:, 0]),
        axes=_axes(scene),
    )


def gaps(layout: Layout, x: np.ndarray) -> dict[str, np.ndarray]:
    """`gap`, `gap_distance` and `gap_phase` of a root at x (T + 1,), in metres."""
    starts = np.array([gap.start for gap in layout.gaps])
    ends = np.array([gap.end for gap in layout.gaps])
    following = np.searchsorted(ends, x)  # the first gap that is not behind the root
    there = following < len(ends)
    start = np.append(starts, np.nan)[following]
    end = np.append(ends, np.nan)[following]
    over = there & (x >= start)
    return {
        "gap": np.where(over, following, -1),
        "gap_distance": np.where(over, 0.0, start - x),
        "gap_phase": np.where(over, (x - start) / (end - start), np.nan),
    }


def _axes(scene: Scene) -> dict[str, Axis]:
    model = scene.model
    positions, velocities = [], []
    for i in range(model.njnt):
        name = _short(model.joint(i).name) or "root"
        for columns, parts in zip(
            (positions, velocities), _JOINTS[mujoco.mjtJoint(model.jnt_type[i])], strict=True
        ):
            columns += [
                (f"{name}/{part}" if part else name, unit)
                for part, unit in zip(*parts, strict=True)
            ]

    def axis(columns: list[tuple[str, str]]) -> Axis:
        return Axis(tuple(n for n, _ in columns), tuple(u for _, u in columns))

    def alike(names: tuple[str, ...], unit: str) -> Axis:
        return axis([(_short(name), unit) for name in names])

    return {
        "qpos": axis(positions),
        "qvel": axis(velocities),
        "root_position": alike(("x", "y", "z"), "m"),
        "end_effectors": alike(scene.walker.end_effectors, "m"),
        "foot_contact": alike(scene.walker.feet, "-"),
        "ctrl": alike(tuple(a.name for a in scene.walker.actuators), "actuator's own"),
    }


def _short(name: str) -> str:
    return name.removeprefix("walker/").rstrip("/")
