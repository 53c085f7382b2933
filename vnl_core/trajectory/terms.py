"""Unit and meaning of every reward term and metric, for whatever file holds them."""

from typing import NamedTuple

from vnl_core.config.terms import METRICS, REWARDS


class Term(NamedTuple):
    """What one number of a control step is."""

    unit: str
    text: str


# Those that every environment has; a lab's own say theirs themselves.
OURS: dict[str, Term] = {
    "forward_reward": Term("-", "The share `forward` of the reward, weighted."),
    "reward_linvel": Term("-", "The same under brax's name."),
    "distance_reward": Term("-", "The share `distance` of the reward, weighted."),
    "reward_alive": Term("-", "The share `alive` of the reward, weighted."),
    "reward_quadctrl": Term("-", "The share `control_cost` of the reward, weighted."),
    "gaps_met": Term("gaps", "Gaps that a part of the walker reached for the first time."),
    "gaps_crossed": Term("gaps", "Gaps that the root crossed for the first time."),
    "progress": Term("m", "New ground of the root along x."),
    "fell": Term("-", "1 where an end effector or the root is below the fall height, else 0."),
    "finished": Term("-", "1 where the root has reached the end of the corridor, else 0."),
    "x_position": Term("m", "The root's x after the step."),
    "y_position": Term("m", "The root's y after the step."),
    "distance_from_origin": Term("m", "How far along x the root is from its spawn position."),
    "furthest_x": Term("m", "The largest x of the root in the episode, above the platforms."),
    "x_velocity": Term("m/s", "Mean velocity of the centre of mass along x in the step."),
    "y_velocity": Term("m/s", "Mean velocity of the centre of mass along y in the step."),
    "difficulty": Term("share of the gap range", "The curriculum's difficulty in the episode."),
}


def term(group: str, name: str) -> Term:
    """What `name` of the group "rewards" or "metrics" is.

    Raises:
      ValueError: nobody has said what its unit is.
    """
    if group == "rewards" and name in REWARDS:
        # A pure number: the weight takes the unit of its term away.
        return Term("-", f"Weight times: {REWARDS.find(name).explained()}")
    if group == "metrics" and name in OURS:
        return OURS[name]
    if group == "metrics" and name in METRICS:
        found = METRICS.find(name)
        return Term(found.unit, found.explained())
    raise ValueError(
        f"{group}/{name} has no unit. Give it one in vnl_core/trajectory/terms.py, or name the "
        "file that has it in VNL_EXTENSIONS."
    )
