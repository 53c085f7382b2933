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
    a, b = one.qpos[:count].astype(float), other.qpos[:count].astype(float)
    p, q = (x[:, 3:7] / np.linalg.norm(x[:, 3:7], axis=1, keepdims=True) for x in (a, b))
    # A quaternion and its negative are one orientation; the chord is exact for small angles too.
    chord = np.minimum(np.linalg.norm(p - q, axis=1), np.linalg.norm(p + q, axis=1))
    controls = one.ctrl[: count - 1], other.ctrl[: count - 1]
    tolerance = _SAME * max(1.0, float(np.abs(controls[0]).max(initial=0.0)))
    return Difference(
        time=one.time[:count],
        root=np.linalg.norm(a[:, :3] - b[:, :3], axis=1),
        turn=4 * np.arcsin(np.clip(chord / 2, 0, 1)),
        joints=np.abs(a[:, 7:] - b[:, 7:]).max(axis=1, initial=0.0),
        same_controls=bool(np.abs(controls[0] - controls[1]).max(initial=0.0) < tolerance),
    )
