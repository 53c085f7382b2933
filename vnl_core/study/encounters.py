"""The table of encounters: what became of each gap that the walker met."""

from typing import Any

import numpy as np

from vnl_core.scene.layout import Segment
from vnl_core.study.episodes import who
from vnl_core.study.recording import Recording

# Before the edge the approach speed is averaged over this time, in seconds.
APPROACH = 0.2
# Who is within a body length of the edge for the last seconds before time is up has refused.
REFUSAL = 2.0


def encounter_rows(recording: Recording) -> list[dict[str, Any]]:
    """A row for each gap met, along the corridor."""
    furthest = float(recording.layout.furthest(recording.root_position)[-1])
    rows = []
    for number, gap in enumerate(recording.layout.gaps):
        crossed = furthest > gap.end
        outcome = "crossed" if crossed else _outcome(recording, gap)
        if outcome is not None:
            rows.append(_row(recording, number, gap, outcome))
        if not crossed:
            break  # what is behind was not met
    return rows


def _outcome(recording: Recording, gap: Segment) -> str | None:
    """What became of the first gap that was not crossed; None where it was not met."""
    reached = _reached(recording, gap) is not None
    if recording.end != "time":
        # The task ended the episode: at the gap if it was reached; MuJoCo gave up: nobody knows.
        unknown = recording.end == "" or "unstable" in recording.end
        return None if not reached else "censored" if unknown else "fell"
    x, time = recording.centre_of_mass[:, 0], recording.physics_time
    late = time >= time[-1] - REFUSAL
    near = (x[late] > gap.start - recording.body_length) & (x[late] <= gap.start)
    if near.all() and time[-1] - time[0] >= REFUSAL:
        return "refused"
    return "censored" if reached else None


def _reached(recording: Recording, gap: Segment) -> int | None:
    """The physics step in which the centre of mass or a foot was first past the edge."""
    ahead = np.maximum(
        recording.centre_of_mass[:, 0],
        recording.foot_position[:, :, 0].max(axis=1, initial=-np.inf),
    )
    past = ahead > gap.start
    return int(np.argmax(past)) if past.any() else None


def _row(recording: Recording, number: int, gap: Segment, outcome: str) -> dict[str, Any]:
    time, centre = recording.physics_time, recording.centre_of_mass
    before = _platform(recording, gap.start, "end")
    after = _platform(recording, gap.end, "start")
    row = {
        **who(recording),
        "gap": number,
        "width": gap.length,
        "width_body_lengths": gap.length / recording.body_length,
        "platform_before": before.length,
        "platform_after": after.length,
        "rise": after.height - before.height,
        "outcome": outcome,
        "lead_foot": "",
        **dict.fromkeys(_MEASURED, np.nan),
    }
    reached = _reached(recording, gap)
    if reached is not None:
        row["reached_time"] = float(time[reached])
        row["approach_speed"] = _speed(recording, reached, APPROACH)
    touching = recording.foot_contact
    at = recording.contact_position[:, :, 0]
    landing = _first(touching & (at >= gap.end)) if outcome == "crossed" else None
    # Before the next gap: a walker that comes back later has not taken off then.
    left = touching & (at <= gap.start)
    passed = np.flatnonzero(centre[:, 0] > gap.end)
    if len(passed) and outcome == "crossed":
        left[passed[0] + _steps(recording, REFUSAL) :] = False
    takeoff = _last(left) if outcome in ("crossed", "fell") else None
    if takeoff is not None:
        step, foot = takeoff
        row["takeoff_time"] = float(time[step])
        row["takeoff_distance"] = float(gap.start - at[step, foot])
        row["takeoff_speed"] = _speed(recording, step)
        row["takeoff_height"] = float(centre[step, 2] - before.height)
    if landing is not None:
        step, foot = landing
        row["landing_time"] = float(time[step])
        row["landing_distance"] = float(at[step, foot] - gap.end)
        row["landing_speed"] = _speed(recording, step)
        row["landing_height"] = float(centre[step, 2] - after.height)
        row["lead_foot"] = recording.feet[foot]
        if takeoff is not None:
            row["flight_time"] = max(0.0, row["landing_time"] - row["takeoff_time"])
    over = (centre[:, 0] >= gap.start) & (centre[:, 0] <= gap.end)
    if over.any():
        row["peak_height"] = float(centre[over, 2].max() - before.height)
    return row


_MEASURED = (
    "reached_time",
    "approach_speed",
    "takeoff_time",
    "takeoff_distance",
    "takeoff_speed",
    "takeoff_height",
    "landing_time",
    "landing_distance",
    "landing_speed",
    "landing_height",
    "flight_time",
    "peak_height",
)


def _platform(recording: Recording, x: float, side: str) -> Segment:
    """The platform whose `side`, start or end, is at x."""
    return min(recording.layout.platforms, key=lambda p: abs(getattr(p, side) - x))


def _steps(recording: Recording, seconds: float) -> int:
    time = recording.physics_time
    timestep = (time[-1] - time[0]) / (len(time) - 1)
    return max(1, round(seconds / timestep))


def _speed(recording: Recording, step: int, over: float = 0.0) -> float:
    """Of the centre of mass along x, in m/s: over the time before `step`, or of that step."""
    x, time = recording.centre_of_mass[:, 0], recording.physics_time
    first = max(0, step - _steps(recording, over))
    return float((x[step] - x[first]) / (time[step] - time[first])) if step > first else 0.0


def _first(where: np.ndarray) -> tuple[int, int] | None:
    """The earliest (step, foot) of those that are true, (steps, feet)."""
    steps, feet = np.nonzero(where)
    return (int(steps[0]), int(feet[0])) if len(steps) else None


def _last(where: np.ndarray) -> tuple[int, int] | None:
    """The latest (step, foot) of those that are true, (steps, feet)."""
    steps, feet = np.nonzero(where)
    return (int(steps[-1]), int(feet[-1])) if len(steps) else None
