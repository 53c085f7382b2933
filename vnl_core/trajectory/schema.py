"""What a trajectory consists of: every quantity, its unit and its shape.

docs/trajectory.md shows this table to the people who load the files; a test holds the two
together.
"""

from typing import Literal, NamedTuple

FORMAT = 2


class Quantity(NamedTuple):
    """One array of a trajectory."""

    name: str
    unit: str
    """Of every number; "by column" where `Axis.units` tells it for each."""
    per: Literal["state", "step"]
    """T + 1 states, before the first control step and after each; or T control steps."""
    columns: str
    """What the second axis runs over; empty where there is none."""
    text: str


class Axis(NamedTuple):
    """Names of an array's columns, and the units of their numbers."""

    names: tuple[str, ...]
    units: tuple[str, ...]


QUANTITIES = (
    Quantity("time", "s", "state", "", "Seconds from the start of the episode."),
    Quantity("qpos", "by column", "state", "nq", "Generalised positions; quaternions are w x y z."),
    Quantity("qvel", "by column", "state", "nv", "Generalised velocities."),
    Quantity("root_position", "m", "state", "3", "Position of the walker's root body."),
    Quantity(
        "end_effectors", "m", "state", "n, 3", "Position of each end effector, in world axes."
    ),
    Quantity("contacts", "-", "state", "", "Pairs of geoms in contact, with forces between them."),
    Quantity(
        "foot_contact", "-", "state", "feet", "Whether each foot touches anything but the walker."
    ),
    Quantity(
        "gap", "-", "state", "", "Number of the gap that the root is over, from 0; -1 for none."
    ),
    Quantity(
        "gap_distance",
        "m",
        "state",
        "",
        "From the root forwards to the start of the next gap; 0 over a gap, NaN behind the last.",
    ),
    Quantity(
        "gap_phase",
        "-",
        "state",
        "",
        "Share of the gap that the root has crossed, 0 to 1; NaN over a floor.",
    ),
    Quantity("ctrl", "actuator's own", "step", "nu", "Controls, constant over a control step."),
    Quantity("reward", "-", "step", "", "Reward of the control step."),
)
GROUPS = {
    "rewards": "Each reward term's share of `reward`, weighted.",
    "metrics": "Each metric of the environment.",
}
