"""The table of episodes: distance, speed, mechanical work and cost of transport."""

from typing import Any

import numpy as np

from vnl_core.study.recording import Recording

# Of every compiled corridor; m/s².
GRAVITY = 9.81


def who(recording: Recording) -> dict[str, Any]:
    """What every table's rows begin with."""
    return {
        name: getattr(recording, name)
        for name in ("run", "training_seed", "step", "condition", "episode")
    }


def episode_row(recording: Recording, arrays: bool) -> dict[str, Any]:
    """The recording's row of the table of episodes; `arrays` says whether its own are kept."""
    x = recording.root_position[:, 0]
    duration = float(recording.time[-1] - recording.time[0])
    distance = float(x[-1] - x[0])
    # Each physics step's power holds until the next one.
    steps = len(recording.physics_time)
    timestep = duration / steps
    work = float(np.abs(recording.power).sum() * timestep)
    positive = float(recording.power.clip(0).sum() * timestep)
    weight = recording.mass * GRAVITY
    return {
        **who(recording),
        "seed": recording.seed,
        "duration": duration,
        "distance": distance,
        "speed": distance / duration,
        "reward": float(recording.reward.sum()),
        "end": recording.end,
        "gaps_met": recording.gaps_met,
        "gaps_crossed": recording.gaps_crossed,
        "fell": "fall" in recording.end.split(" and "),
        "work": work,
        "positive_work": positive,
        "cost_of_transport": work / (weight * distance) if distance > 0 else np.nan,
        "mass": recording.mass,
        "body_length": recording.body_length,
        "hip_height": recording.hip_height,
        "arrays": arrays,
    }
