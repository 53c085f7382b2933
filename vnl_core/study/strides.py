"""The table of strides: stance and swing of each foot, from its contacts with the terrain."""

from typing import Any

import numpy as np

from vnl_core.study.episodes import GRAVITY, who
from vnl_core.study.recording import Recording

# Contacts and breaks shorter than this, in seconds, are bounces of one step of a foot.
SHORTEST = 0.02


def stride_rows(recording: Recording) -> list[dict[str, Any]]:
    """A row for each whole stride of each foot; the first foot is the reference for phases."""
    time, x = recording.physics_time, recording.centre_of_mass[:, 0]
    if len(time) < 2:
        return []
    timestep = (time[-1] - time[0]) / (len(time) - 1)
    stances = [
        _stances(recording.foot_contact[:, foot], round(SHORTEST / timestep))
        for foot in range(len(recording.feet))
    ]
    reference = np.array([start for start, _ in stances[0]]) if stances else np.array([])
    rows = []
    for foot, found in zip(recording.feet, stances, strict=True):
        for (start, end), (following, _) in zip(found, found[1:], strict=False):
            stance, duration = (end - start) * timestep, (following - start) * timestep
            length = float(x[following] - x[start])
            speed = length / duration
            rows.append(
                {
                    **who(recording),
                    "foot": foot,
                    "start": float(time[start]),
                    "stance": float(stance),
                    "swing": float(duration - stance),
                    "duration": float(duration),
                    "duty_factor": float(stance / duration),
                    "length": length,
                    "frequency": float(1 / duration),
                    "phase": _phase(start, reference),
                    "speed": float(speed),
                    "froude": float(speed**2 / (GRAVITY * recording.hip_height)),
                }
            )
    return rows


def _stances(contact: np.ndarray, shortest: int) -> list[tuple[int, int]]:
    """First step of each stance and the first after it, without those cut off at either end."""
    bridged = _without_short(contact, False, shortest)
    steady = _without_short(bridged, True, shortest)
    changes = np.diff(steady.astype(int))
    starts, ends = np.flatnonzero(changes == 1) + 1, np.flatnonzero(changes == -1) + 1
    ends = ends[ends > starts[0]] if len(starts) else ends
    stances = [(int(a), int(b)) for a, b in zip(starts, ends, strict=False)]
    # A stance that lasts to the end still ends the stride before it.
    if len(starts) > len(stances):
        stances.append((int(starts[-1]), len(contact)))
    return stances


def _without_short(contact: np.ndarray, value: bool, shortest: int) -> np.ndarray:
    """`contact` with stretches of `value` under `shortest` steps turned over, but at the ends."""
    out = contact.copy()
    edges = np.flatnonzero(np.diff(contact.astype(int))) + 1
    for start, end in zip(edges, edges[1:], strict=False):
        if bool(contact[start]) is value and end - start < shortest:
            out[start:end] = not value
    return out


def _phase(start: int, reference: np.ndarray) -> float:
    """Where in the reference foot's stride step `start` is, 0 to 1; NaN outside of all."""
    stride = int(np.searchsorted(reference, start, side="right")) - 1
    if stride < 0 or stride + 1 >= len(reference):
        return float("nan")
    begin, end = reference[stride], reference[stride + 1]
    return float((start - begin) / (end - begin))
