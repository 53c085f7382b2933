"""What a study's tables and arrays consist of: every column, its unit and its sentence.

docs/study.md shows these tables to the people who load the files; a test holds the two together.
"""

from typing import Literal, NamedTuple

import pandas as pd

FORMAT = 1

OUTCOMES = ("crossed", "fell", "refused", "censored")


class Column(NamedTuple):
    """One column of a table."""

    name: str
    dtype: Literal["string", "int64", "float64", "bool"]
    unit: str
    text: str


# What every table begins with: of which training, conditions and episode a row is.
_WHO = (
    Column("run", "string", "-", "Name of the run whose policy acted."),
    Column("training_seed", "int64", "-", "Seed of that training; the independent unit."),
    Column("step", "int64", "env steps", "Of the checkpoint; 0 is the untrained policy."),
    Column("condition", "string", "-", "Name of the condition."),
    Column("episode", "int64", "-", "Number of the episode within run, step and condition."),
)

EPISODES = (
    *_WHO,
    Column("seed", "int64", "-", "Of start and corridor; the same across checkpoints."),
    Column("duration", "float64", "s", "Simulated time."),
    Column("distance", "float64", "m", "Of the root along x, from start to end."),
    Column("speed", "float64", "m/s", "Distance over duration."),
    Column("reward", "float64", "-", "Sum over the control steps."),
    Column("end", "string", "-", "Termination terms, joined by ' and '; 'time' at the limit."),
    Column("gaps_met", "int64", "-", "Gaps that a part of the walker reached."),
    Column("gaps_crossed", "int64", "-", "Gaps that the root passed above the platforms."),
    Column("fell", "bool", "-", "Whether the episode ended in a fall."),
    Column("work", "float64", "J", "Mechanical work, sum over actuators of the integral of |τω|."),
    Column("positive_work", "float64", "J", "Its part with τω > 0."),
    Column(
        "cost_of_transport",
        "float64",
        "-",
        "Work over (mass · g · distance): mechanical, not metabolic. NaN where distance <= 0.",
    ),
    Column("mass", "float64", "kg", "Of the walker."),
    Column("body_length", "float64", "m", "Of the walker along x in its start pose."),
    Column("hip_height", "float64", "m", "Of the root over the platform in the start pose."),
    Column("arrays", "bool", "-", "Whether this episode's arrays were kept."),
)

ENCOUNTERS = (
    *_WHO,
    Column("gap", "int64", "-", "Number of the gap along the corridor, from 0."),
    Column("width", "float64", "m", "Of the gap, along x."),
    Column("width_body_lengths", "float64", "body lengths", "The same over the body's length."),
    Column("platform_before", "float64", "m", "Length of the platform before the gap."),
    Column("platform_after", "float64", "m", "Length of the platform behind the gap."),
    Column("rise", "float64", "m", "Height of the platform behind over the one before."),
    Column(
        "outcome",
        "string",
        "-",
        "crossed; fell: the task ended the episode at the gap; refused: within a body length of "
        "the edge for the last 2 s before time was up; censored: time ended amid it.",
    ),
    Column(
        "reached_time", "float64", "s", "When the centre of mass or a foot was first past the edge."
    ),
    Column(
        "approach_speed",
        "float64",
        "m/s",
        "Mean of the centre of mass along x over the 0.2 s before it reached the edge.",
    ),
    Column("takeoff_time", "float64", "s", "Last contact of a foot with the platform before."),
    Column("takeoff_distance", "float64", "m", "From that foot forwards to the edge."),
    Column("takeoff_speed", "float64", "m/s", "Of the centre of mass along x at take-off."),
    Column("takeoff_height", "float64", "m", "Centre of mass over the platform before."),
    Column("landing_time", "float64", "s", "First contact of a foot behind the gap."),
    Column("landing_distance", "float64", "m", "From the far edge forwards to that foot."),
    Column("landing_speed", "float64", "m/s", "Of the centre of mass along x at landing."),
    Column("landing_height", "float64", "m", "Centre of mass over the platform behind."),
    Column(
        "flight_time",
        "float64",
        "s",
        "From take-off to landing; 0 where a foot landed before the last took off.",
    ),
    Column(
        "peak_height",
        "float64",
        "m",
        "Largest height of the centre of mass over the gap, over the platform before.",
    ),
    Column("lead_foot", "string", "-", "The foot that landed first; empty where none did."),
)

STRIDES = (
    *_WHO,
    Column("foot", "string", "-", "Name of the foot."),
    Column("start", "float64", "s", "Touch-down that begins the stride."),
    Column("stance", "float64", "s", "From touch-down to lift-off."),
    Column("swing", "float64", "s", "From lift-off to the next touch-down."),
    Column("duration", "float64", "s", "Stance and swing."),
    Column("duty_factor", "float64", "-", "Stance over duration."),
    Column("length", "float64", "m", "Travel of the centre of mass along x in the stride."),
    Column("frequency", "float64", "Hz", "One over duration."),
    Column("phase", "float64", "-", "Of the touch-down within the reference foot's stride, 0 to 1"),
    Column("speed", "float64", "m/s", "Length over duration."),
    Column("froude", "float64", "-", "Speed² over (g · hip height)."),
)

TABLES = {"episodes": EPISODES, "encounters": ENCOUNTERS, "strides": STRIDES}


class Array(NamedTuple):
    """One array of a recorded episode of T control steps of n physics steps each."""

    name: str
    unit: str
    shape: str
    text: str


ARRAYS = (
    Array("time", "s", "T + 1", "Before the first control step, and after each."),
    Array("qpos", "by joint", "T + 1, nq", "Generalised positions; quaternions are w x y z."),
    Array("qvel", "by joint", "T + 1, nv", "Generalised velocities."),
    Array("root_position", "m", "T + 1, 3", "Position of the walker's root body."),
    Array("gap_distance", "m", "T + 1", "From the root to the next edge; 0 over a gap, NaN behind"),
    Array("gap_phase", "-", "T + 1", "Share of the gap that the root crossed; NaN over floor."),
    Array("observation", "-", "T, n", "What the policy saw, before normalisation."),
    Array("action_mean", "-", "T, nu", "Mode of the policy's distribution, -1 to 1."),
    Array("action", "-", "T, nu", "What was done, -1 to 1: the mode, or a sample."),
    Array("reward", "-", "T", "Of each control step."),
    Array("values", "-", "T", "The value network's estimate for the observation."),
    Array("policy/<layer>", "-", "T, units", "Hidden layer's activations, after nonlinearity."),
    Array("value/<layer>", "-", "T, units", "The same of the value network."),
    Array("physics/time", "s", "T · n", "At the beginning of each physics step, as all below."),
    Array("physics/centre_of_mass", "m", "T · n, 3", "Of the walker."),
    Array("physics/foot_position", "m", "T · n, feet, 3", "Of each foot's geom."),
    Array("physics/foot_contact", "-", "T · n, feet", "Whether the terrain presses on it."),
    Array("physics/foot_force", "N", "T · n, feet, 3", "Of the terrain on the foot, world axes."),
    Array("physics/contact_position", "m", "T · n, feet, 3", "Where it acts; NaN without contact."),
    Array("physics/power", "W", "T · n, nu", "Force times velocity of each actuator."),
)


def table(name: str, rows: list[dict]) -> pd.DataFrame:
    """`rows` as the table `name`, its columns in order and of their types.

    Raises:
      KeyError: a row lacks a column, or there is no such table.
    """
    columns = TABLES[name]
    return pd.DataFrame(
        {c.name: pd.Series([r[c.name] for r in rows], dtype=c.dtype) for c in columns}
    )
