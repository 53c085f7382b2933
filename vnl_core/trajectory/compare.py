"""How far two episodes are apart, moment by moment."""

from typing import NamedTuple

import numpy as np

from vnl_core.trajectory.schema import Axis
from vnl_core.trajectory.trajectory import Trajectory

# float32 and float64 round the same control to numbers this close, as a share of the largest.
_SAME = 1e-4


class Difference(NamedTuple):
    """Two episodes' positions against each other, as long as both last: (n,) each."""

    time: np.ndarray
    root: np.ndarray
    """Distance of the roots, in metres."""
    turn: np.ndarray | None
    """Angle between the roots' orientations, in radians.

    None for a root that slides rather than floats free: what turns it is among the joints.
    """
    joints: np.ndarray
    """Largest difference of any joint but the root's own, in radians (metres for a slide)."""
    same_controls: bool
    """Whether both were given the same controls, so that the rest is the engines' doing."""


def difference(one: Trajectory, other: Trajectory) -> Difference:
    """How far `other` is from `one`.

    Raises:
      ValueError: they are of different walkers, or step at different rates.
    """
    if one.axes["qpos"] != other.axes["qpos"]:
        raise ValueError("These episodes are of different walkers. Choose two of one walker.")
    if one.control_timestep != other.control_timestep:
        raise ValueError(
            "These episodes have different control timesteps. Roll one of them out again."
        )
    count = min(len(one.time), len(other.time))
    a, b = one.qpos[:count].astype(float), other.qpos[:count].astype(float)
    columns = one.axes["qpos"]
    turns = {i: _angle(a[:, i : i + 4], b[:, i : i + 4]) for i in _quaternions(columns)}
    turn = turns.pop(3) if _floats(columns) else None
    numbers = [i for i, unit in enumerate(columns.units) if unit != "-" and i > 2]
    joints = np.column_stack([np.abs(a - b)[:, numbers], *turns.values()])
    controls = one.ctrl[: count - 1], other.ctrl[: count - 1]
    tolerance = _SAME * max(1.0, float(np.abs(controls[0]).max(initial=0.0)))
    return Difference(
        time=one.time[:count],
        root=np.linalg.norm(one.root_position[:count] - other.root_position[:count], axis=1),
        turn=turn,
        joints=joints.max(axis=1, initial=0.0),
        same_controls=bool(np.abs(controls[0] - controls[1]).max(initial=0.0) < tolerance),
    )


def _quaternions(columns: Axis) -> list[int]:
    """Index of the first column of each quaternion, those of free joints and of balls."""
    pairs = zip(*columns, strict=True)
    return [i for i, (name, unit) in enumerate(pairs) if unit == "-" and name.endswith("/qw")]


def _floats(columns: Axis) -> bool:
    """Whether the root has a free joint; otherwise it has three slides."""
    first, fourth = (columns.names[i].rpartition("/") for i in (0, 3))
    return first[0] == fourth[0] and (first[2], fourth[2]) == ("x", "qw")


def _angle(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Angle between orientations, quaternions (n, 4), in radians, (n,)."""
    p, q = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (p, q))
    # A quaternion and its negative are one orientation; the chord is exact for small angles too.
    chord = np.minimum(np.linalg.norm(p - q, axis=1), np.linalg.norm(p + q, axis=1))
    return 4 * np.arcsin(np.clip(chord / 2, 0, 1))
