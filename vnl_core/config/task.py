"""What the walker shall do."""

from typing import Literal, Self

from pydantic import model_validator

from vnl_core.config.base import Config, field, refusal

ObservationTerm = Literal[
    "qpos",
    "qvel",
    "cinert",
    "cvel",
    "qfrc_actuator",
    "lateral_position",
    "height_scan",
    "gap_edges",
]
RewardTerm = Literal[
    "forward",
    "distance",
    "alive",
    "control_cost",
    "action_rate",
    "power",
    "target_speed",
    "gap_crossed",
]
TerminationTerm = Literal["fall", "unhealthy", "finished"]
TerrainChoice = Literal["fixed", "new"]
# More samples than this in a height scan only slow learning down.
MAX_SCAN = 200


class TaskConfig(Config):
    """What the policy sees, what it is paid for, and when an episode ends."""

    observations: tuple[ObservationTerm, ...] = field(
        ("qpos", "qvel", "lateral_position", "height_scan"),
        "-",
        "Observation terms, concatenated in this order.",
        min_length=1,
    )
    rewards: dict[RewardTerm, float] = field(
        {"forward": 1.0, "alive": 0.5, "control_cost": 0.05, "gap_crossed": 1.0},
        "reward per step",
        "Reward terms and their weights; control cost, action rate and power are subtracted.",
    )
    terminations: tuple[TerminationTerm, ...] = field(
        ("fall", "unhealthy", "finished"), "-", "Terms of which any one ends the episode."
    )
    healthy_height: tuple[float, float] = field(
        (0.2, 1.5), "m", "Range of the root body's height above the platforms that counts as alive."
    )
    fall_height: float = field(
        -0.3, "m", "An end effector or root below this height has fallen.", ge=-9.0, le=0.0
    )
    target_speed: float = field(
        1.0, "m/s", "Forward speed that the target-speed reward asks for.", gt=0.0, le=20.0
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
    )
    curriculum_start: float = field(
        0.0,
        "share of the gap range",
        "Difficulty at first: 0 for the shortest gap everywhere, 1 for gaps as configured.",
        ge=0.0,
        le=1.0,
    )
    curriculum_threshold: float = field(
        0.8,
        "share of the gaps met",
        "An episode that crosses this share of its gaps makes the next one harder; "
        "one below half of it, easier.",
        gt=0.0,
        le=1.0,
    )
    curriculum_step: float = field(
        0.1, "share of the gap range", "How much harder or easier.", gt=0.0, le=1.0
    )
    scan_behind: float = field(
        0.5, "m", "How far behind the root the height scan begins.", ge=0.0, le=5.0
    )
    scan_ahead: float = field(
        2.0, "m", "How far ahead of the root the height scan reaches.", gt=0.0, le=20.0
    )
    scan_resolution: float = field(
        0.125, "m", "Distance between two samples of the height scan.", ge=0.005, le=5.0
    )
    edge_count: int = field(4, "edges", "How many of the next gap edges are seen.", ge=1, le=20)
    edge_range: float = field(
        2.0, "m", "How far ahead gap edges are seen; one beyond reads as this.", gt=0.0, le=20.0
    )
    edge_resolution: float = field(
        0.0,
        "m",
        "Distances to edges are rounded to multiples of this; 0 for exact.",
        ge=0.0,
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

    @property
    def scan_offsets(self) -> tuple[float, ...]:
        """Where the height scan samples, from behind the root to ahead of it, in metres."""
        steps = int((self.scan_behind + self.scan_ahead) / self.scan_resolution + 1e-6)
        return tuple(-self.scan_behind + i * self.scan_resolution for i in range(steps + 1))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.scan_offsets) > MAX_SCAN:
            raise refusal(
                "scan_resolution",
                f"The height scan would have {len(self.scan_offsets)} samples.",
                f"Use at least {(self.scan_behind + self.scan_ahead) / MAX_SCAN:.3g} m.",
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
        for name in ("observations", "terminations"):
            terms = getattr(self, name)
            if len(set(terms)) < len(terms):
                raise refusal(name, "A term is listed twice.", "Name each term once.")
        return self
