"""What the walker has to do."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import WrapSerializer, field_validator, model_validator

from vnl_core.config.base import Config, field
from vnl_core.config.refusal import refusal
from vnl_core.config.registry import Registry, read_terms, whole
from vnl_core.config.terms import (
    METRICS,
    OBSERVATIONS,
    REWARDS,
    TERMINATIONS,
    Metric,
    Observation,
    Reward,
    Termination,
)
from vnl_core.config.upgrade import DEFAULT_TERMS, upgrade_task

TerrainChoice = Literal["fixed", "new"]

# The terms that a task may have, by the field that names them.
REGISTRIES: dict[str, Registry[Any]] = {
    "observations": OBSERVATIONS,
    "rewards": REWARDS,
    "terminations": TERMINATIONS,
    "metrics": METRICS,
}


def _default(group: str) -> Any:
    main = "weight" if group == "rewards" else ""
    return read_terms(REGISTRIES[group], DEFAULT_TERMS[group], main)


if TYPE_CHECKING:  # for names alone, and a reward's weight, are taken too
    Observations = Rewards = Terminations = Metrics = Any
else:
    Observations, Rewards = dict[str, Observation], dict[str, Reward]
    Terminations, Metrics = dict[str, Termination], dict[str, Metric]


class TaskConfig(Config):
    """What the policy sees, what it is paid for, and when an episode ends.

    Terms are given as a dict, each name with its parameters, `{"height_scan": {"ahead": 1.0}}`,
    or as names alone, which have their defaults; a reward as its weight, too.
    """

    observations: Annotated[Observations, WrapSerializer(whole)] = field(
        _default("observations"),
        "-",
        "Observation terms, concatenated in this order.",
    )
    rewards: Annotated[Rewards, WrapSerializer(whole)] = field(
        _default("rewards"),
        "reward per step",
        "Reward terms and their weights; control cost, action rate and power are subtracted.",
    )
    terminations: Annotated[Terminations, WrapSerializer(whole)] = field(
        _default("terminations"), "-", "Terms of which any one ends the episode."
    )
    metrics: Annotated[Metrics, WrapSerializer(whole)] = field(
        {}, "-", "A lab's own numbers to look at, beside those that are always there."
    )
    healthy_height: tuple[float, float] = field(
        (0.2, 1.5),
        "m",
        "Range of the root body's height above the platforms that is healthy, for the reward "
        "`alive` and the termination `unhealthy`.",
        when={"terms": ("alive", "unhealthy")},
    )
    terrain: TerrainChoice = field(
        "fixed",
        "-",
        "Training and evaluation run on the scene's own corridor (fixed), or each episode of "
        "each environment draws another one like it (new).",
    )
    curriculum: bool = field(
        False,
        "-",
        "Gaps begin short and grow with success, in each environment (new terrain).",
        when={"terrain": "new"},
    )
    curriculum_start: float = field(
        0.0,
        "share of the gap range",
        "Difficulty at first: 0 for the shortest gap everywhere, 1 for gaps as configured.",
        when={"terrain": "new", "curriculum": True},
        ge=0.0,
        le=1.0,
    )
    curriculum_threshold: float = field(
        0.8,
        "share of the gaps met",
        "An episode that crosses this share of its gaps makes the next one harder; "
        "one below half of it, easier.",
        when={"terrain": "new", "curriculum": True},
        gt=0.0,
        le=1.0,
    )
    curriculum_step: float = field(
        0.1,
        "share of the gap range",
        "How much harder or easier.",
        when={"terrain": "new", "curriculum": True},
        gt=0.0,
        le=1.0,
    )
    reset_noise: float = field(
        0.01,
        "rad, m, rad/s or m/s",
        "Half-width of the uniform noise on positions and velocities at reset.",
        ge=0.0,
        le=1.0,
    )
    episode_length: int = field(
        1000, "control steps", "An episode is cut after this many.", ge=1, le=100_000
    )

    @model_validator(mode="before")
    @classmethod
    def _todays_names(cls, data: Any) -> Any:
        return upgrade_task(data) if isinstance(data, dict) else data

    @field_validator("observations", "terminations", "metrics", mode="before")
    @classmethod
    def _terms(cls, value: Any, info: Any) -> Any:
        return read_terms(REGISTRIES[info.field_name], value)

    @field_validator("rewards", mode="before")
    @classmethod
    def _weights(cls, value: Any) -> Any:
        return read_terms(REWARDS, value, "weight")

    @property
    def terms(self) -> tuple[Observation | Reward | Termination | Metric, ...]:
        """All of its terms."""
        groups = (self.observations, self.rewards, self.terminations, self.metrics)
        return tuple(term for group in groups for term in group.values())

    def sees_as(self, other: "TaskConfig") -> bool:
        """Whether a policy sees the same in both: the same terms in the same order."""
        return list(self.observations.items()) == list(other.observations.items())

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.observations:
            raise refusal(
                "observations",
                "A policy that sees nothing learns nothing.",
                f"Name at least one of {', '.join(OBSERVATIONS)}.",
            )
        low, high = self.healthy_height
        if low >= high:
            raise refusal(
                "healthy_height", f"The range {low:g} to {high:g} m is empty.", "Swap the two."
            )
        if self.curriculum and self.terrain == "fixed":
            raise refusal(
                "curriculum",
                "Gaps cannot grow in a corridor that stays the same.",
                "Choose new terrain, or no curriculum.",
            )
        return self
