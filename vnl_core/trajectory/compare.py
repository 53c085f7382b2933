"""How far two episodes are apart, moment by moment."""

from typing import NamedTuple

import numpy as np

from vnl_core.trajectory.episode import Trajectory

# float32 and float64 round the same control to numbers this close, as a share of the largest.
_SAME = 1e-4


class Difference(NamedTuple):
    """Two episodes' positions against each other, as long as both last: (n,) each."""

    time: np.ndarray
    root: np.ndarray
    """Distance of the roots, in metres."""
    turn: np.ndarray
    """Angle between the roots' orientations, in radians."""
    joints: np.ndarray
    """Largest difference of any joint, in radians (metres for a slide)."""
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
    a, b = one.qpos[:count], other.qpos[:count]
    # |cos| of half the angle; a quaternion and its negative are one orientation.
    cosine = np.abs((a[:, 3:7] * b[:, 3:7]).sum(axis=1))
    norms = np.linalg.norm(a[:, 3:7], axis=1) * np.linalg.norm(b[:, 3:7], axis=1)
    controls = one.ctrl[: count - 1], other.ctrl[: count - 1]
    tolerance = _SAME * max(1.0, float(np.abs(controls[0]).max(initial=0.0)))
    return Difference(
        time=one.time[:count],
        root=np.linalg.norm(a[:, :3] - b[:, :3], axis=1),
        turn=2 * np.arccos(np.clip(cosine / norms, -1, 1)),
        joints=np.abs(a[:, 7:] - b[:, 7:]).max(axis=1, initial=0.0),
        same_controls=bool(np.abs(controls[0] - controls[1]).max(initial=0.0) < tolerance),
    )
