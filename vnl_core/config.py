"""What the user decides: scene, task, PPO and run, as frozen pydantic models.

One type, five uses: a form edits it, the command line parses it, a run directory
stores it, an export carries it and a link in the address bar restores it. Every
field says its unit and what it does; `problems` turns a refusal into the field,
the reason and the remedy.
"""

import json
import math
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

# dm_control's GapsCorridor opens with a platform of this length, whatever the seed.
START_PLATFORM_LENGTH = 6.0
# An empty or walled corridor has floor this far before x = 0 and behind its end.
CORRIDOR_PADDING = 2.0
# More platforms or walls than this make every engine crawl.
MAX_OBSTACLES = 400

Arena = Literal["gaps", "empty", "walls"]
WalkerKind = Literal["ant", "rodent", "cmu_humanoid"]
Aesthetic = Literal["default", "outdoor_natural"]
Solver = Literal["cg", "newton"]
Cone = Literal["pyramidal", "elliptic"]
Engine = Literal["auto", "native", "mjx"]
RolloutEngine = Literal["auto", "native", "mjx", "dm_control"]
PolicyKind = Literal["zero", "random", "sine", "constant", "checkpoint"]
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
RewardTerm = Literal["forward", "distance", "alive", "control_cost", "target_speed", "gap_crossed"]
TerminationTerm = Literal["fall", "unhealthy", "finished"]


class Config(BaseModel):
    """Frozen, closed (an unknown field is an error), without NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def to_json(self) -> str:
        """Indented JSON, from which `model_validate_json` gives an equal config."""
        return self.model_dump_json(indent=2) + "\n"

    def changed(self, **values: Any) -> Self:
        """A validated copy with the given fields replaced."""
        return type(self).model_validate({**self.model_dump(), **values})


def refusal(field: str, reason: str, remedy: str) -> PydanticCustomError:
    """An error about `field` that says why and what to do instead."""
    return PydanticCustomError(
        "config", "{reason} {remedy}", {"field": field, "reason": reason, "remedy": remedy}
    )


def field(default: Any, unit: str, text: str, **bounds: Any) -> Any:
    """A pydantic field whose description ends in its unit ("m", "s", "-" for none)."""
    extra = {"unit": unit, **{k: bounds[k] for k in ("span_ge", "span_le") if k in bounds}}
    bounds = {k: v for k, v in bounds.items() if not k.startswith("span_")}
    return Field(default, description=f"{text} [{unit}]", json_schema_extra=extra, **bounds)


class Uniform(Config):
    """A value drawn anew for each platform, gap or wall, uniformly from [low, high]."""

    low: float = field(..., "unit of the field", "Smallest value that is drawn.")
    high: float = field(..., "unit of the field", "Largest value that is drawn.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise refusal(
                "low", f"low {self.low:g} is above high {self.high:g}.", "Swap the two values."
            )
        return self


def _branch(value: Any) -> str:
    return "uniform" if isinstance(value, dict | Uniform) else "number"


# A number, or a distribution to draw it from; told apart before validation so that
# an error speaks of the one the user meant.
Span = Annotated[
    Annotated[float, Tag("number")] | Annotated[Uniform, Tag("uniform")], Discriminator(_branch)
]


def smallest(value: Span) -> float:
    """The least value that a number or Uniform can give."""
    return value.low if isinstance(value, Uniform) else value


def largest(value: Span) -> float:
    """The greatest value that a number or Uniform can give."""
    return value.high if isinstance(value, Uniform) else value


def span(default: Span, unit: str, text: str, ge: float, le: float) -> Any:
    """A field that takes a number or a Uniform, either within [ge, le]."""
    return field(default, unit, text, span_ge=ge, span_le=le)


Vector3 = tuple[float, float, float]


class SceneConfig(Config):
    """A walker in a corridor, and the physics that moves it."""

    arena: Arena = field(
        "gaps",
        "-",
        "Corridor kind: platforms with gaps between, an empty floor, or walls to pass.",
    )
    corridor_length: float = field(
        40.0, "m", "Length of the corridor along x, from x = 0.", ge=7.0, le=200.0
    )
    corridor_width: float = field(5.0, "m", "Width of the corridor along y.", ge=0.5, le=50.0)
    platform_length: Span = span(
        Uniform(low=1.5, high=2.0), "m", "Length of each platform (gaps arena).", 0.1, 50.0
    )
    gap_length: Span = span(
        Uniform(low=0.05, high=0.2), "m", "Length of each gap (gaps arena).", 0.0, 20.0
    )
    wall_gap: Span = span(2.5, "m", "Distance from wall to wall along x (walls arena).", 0.5, 50.0)
    wall_width: Span = span(
        1.5, "m", "How far each wall reaches into the corridor (walls arena).", 0.1, 49.0
    )
    wall_height: Span = span(1.0, "m", "Height of each wall (walls arena).", 0.05, 10.0)
    wall_swap_side: bool = field(
        True, "-", "Walls stand left and right in turn rather than on one side (walls arena)."
    )
    aesthetic: Aesthetic = field(
        "outdoor_natural", "-", "Ground and sky: plain grey, or grass under an outdoor sky (gaps)."
    )
    visible_side_planes: bool = field(
        False, "-", "Draw the planes that bound the corridor; they collide either way."
    )
    terrain_seed: int = field(
        0, "-", "Seed of the platforms, gaps and walls drawn.", ge=0, le=2**32 - 1
    )
    walker: WalkerKind = field("ant", "-", "The animal: ant, rodent or CMU humanoid.")
    spawn_position: Vector3 = field(
        (5.0, 0.0, 0.0),
        "m",
        "Where the walker starts (x, y, z); z is added to the height of its upright pose.",
    )
    spawn_rotation: float = field(
        0.0, "rad", "Yaw of the walker at the start; 0 faces along +x.", ge=-math.pi, le=math.pi
    )
    physics_timestep: float = field(0.002, "s", "Duration of one physics step.", ge=0.0001, le=0.02)
    control_timestep: float = field(
        0.01, "s", "Duration of one control step, a multiple of the physics step.", ge=0.0001, le=1
    )
    solver: Solver = field(
        "newton", "-", "Constraint solver: conjugate gradient (the seed's) or Newton."
    )
    cone: Cone = field("pyramidal", "-", "Friction cone; MJX takes pyramidal for every walker.")
    iterations: int = field(4, "-", "Solver iterations in a physics step at most.", ge=1, le=200)
    ls_iterations: int = field(
        8, "-", "Line-search iterations in a solver iteration at most.", ge=1, le=200
    )

    @property
    def substeps(self) -> int:
        """Physics steps in one control step."""
        return round(self.control_timestep / self.physics_timestep)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        self._check_spans()
        self._check_obstacles()
        self._check_spawn()
        ratio = self.control_timestep / self.physics_timestep
        if ratio < 0.999 or abs(ratio - round(ratio)) > 1e-6:
            raise refusal(
                "control_timestep",
                f"{self.control_timestep:g} s is not a whole number of physics steps "
                f"of {self.physics_timestep:g} s.",
                f"Use {max(1, round(ratio)) * self.physics_timestep:g} s.",
            )
        return self

    def _check_spans(self) -> None:
        for name, info in type(self).model_fields.items():
            extra = info.json_schema_extra
            if not isinstance(extra, dict) or "span_ge" not in extra:
                continue
            low, high = extra["span_ge"], extra["span_le"]
            assert isinstance(low, float | int) and isinstance(high, float | int)
            value: Span = getattr(self, name)
            if smallest(value) < low or largest(value) > high:
                raise refusal(
                    name,
                    f"{smallest(value):g} to {largest(value):g} m is outside what can be built.",
                    f"Keep it between {low:g} and {high:g} m.",
                )

    def _check_obstacles(self) -> None:
        if self.arena == "gaps":
            if largest(self.gap_length) >= self.corridor_length:
                raise refusal(
                    "gap_length",
                    f"A gap of {largest(self.gap_length):g} m is longer than "
                    f"the corridor ({self.corridor_length:g} m).",
                    "Shorten the gap or lengthen the corridor.",
                )
            pitch = smallest(self.platform_length) + smallest(self.gap_length)
            count = (self.corridor_length - START_PLATFORM_LENGTH) / pitch
            name = "platform_length"
        elif self.arena == "walls":
            if largest(self.wall_width) >= self.corridor_width:
                raise refusal(
                    "wall_width",
                    f"A wall of {largest(self.wall_width):g} m closes "
                    f"the corridor ({self.corridor_width:g} m wide).",
                    "Narrow the wall or widen the corridor.",
                )
            count = self.corridor_length / smallest(self.wall_gap)
            name = "wall_gap"
        else:
            return
        if count > MAX_OBSTACLES:
            raise refusal(
                name,
                f"The corridor would hold up to {count:.0f} of them, more than {MAX_OBSTACLES}.",
                "Make them longer or the corridor shorter.",
            )

    def _check_spawn(self) -> None:
        x, y, z = self.spawn_position
        if self.arena == "gaps":
            low, high = 0.0, START_PLATFORM_LENGTH
            where = f"the start platform (x from 0 to {high:g} m)"
        else:
            low, high = -CORRIDOR_PADDING, self.corridor_length
            where = f"the corridor (x from {low:g} to {high:g} m)"
        if not low <= x <= high:
            raise refusal(
                "spawn_position",
                f"x = {x:g} m is off {where}: nothing is sure to lie under the walker.",
                f"Keep x between {low:g} and {high:g} m.",
            )
        half = self.corridor_width / 2
        if abs(y) >= half:
            raise refusal(
                "spawn_position",
                f"y = {y:g} m is outside the corridor.",
                f"Keep y between {-half:g} and {half:g} m.",
            )
        if not 0 <= z <= 5:
            raise refusal(
                "spawn_position",
                f"z = {z:g} m starts the walker inside the floor or too high above it.",
                "Keep z between 0 and 5 m.",
            )


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
        "Reward terms and their weights; the control cost is subtracted.",
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
    scan_behind: float = field(
        0.5, "m", "How far behind the root the height scan begins.", ge=0.0, le=5.0
    )
    scan_ahead: float = field(
        2.0, "m", "How far ahead of the root the height scan and gap edges reach.", gt=0.0, le=20.0
    )
    scan_points: int = field(20, "samples", "Samples in the height scan.", ge=2, le=200)
    edge_count: int = field(4, "edges", "How many of the next gap edges are seen.", ge=1, le=20)
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

    @model_validator(mode="after")
    def _possible(self) -> Self:
        low, high = self.healthy_height
        if low >= high:
            raise refusal(
                "healthy_height", f"The range {low:g} to {high:g} m is empty.", "Swap the two."
            )
        for name in ("observations", "terminations"):
            terms = getattr(self, name)
            if len(set(terms)) < len(terms):
                raise refusal(name, "A term is listed twice.", "Name each term once.")
        return self


class PPOConfig(Config):
    """Proximal policy optimisation, under brax's argument names (brax 0.14.2)."""

    num_timesteps: int = field(
        1_000_000, "env steps", "Length of the training, rounded up.", ge=1, le=100_000_000_000
    )
    num_evals: int = field(
        10, "evaluations", "Evaluations over the training, the one before it too.", ge=2, le=10_000
    )
    num_envs: int = field(64, "environments", "Environments run in parallel.", ge=1, le=65_536)
    num_eval_envs: int = field(
        16, "environments", "Environments (episodes) in an evaluation.", ge=1, le=4096
    )
    deterministic_eval: bool = field(
        True, "-", "Evaluate the policy's mode rather than samples from it."
    )
    unroll_length: int = field(
        20, "control steps", "Steps an environment takes before the policy learns.", ge=1, le=1000
    )
    batch_size: int = field(64, "unrolls", "Unrolls in a minibatch.", ge=1, le=65_536)
    num_minibatches: int = field(
        8, "minibatches", "Minibatches that a batch is split into.", ge=1, le=1024
    )
    num_updates_per_batch: int = field(
        4, "passes", "Passes of gradient descent over a batch.", ge=1, le=100
    )
    learning_rate: float = field(3e-4, "-", "Step size of Adam.", gt=0.0, le=1.0)
    entropy_cost: float = field(1e-2, "-", "Weight of the entropy bonus.", ge=0.0, le=1.0)
    discounting: float = field(0.97, "-", "Discount of a control step.", gt=0.0, le=1.0)
    gae_lambda: float = field(
        0.95, "-", "Lambda of generalised advantage estimation.", ge=0.0, le=1.0
    )
    clipping_epsilon: float = field(0.3, "-", "Clip of the policy ratio.", gt=0.0, le=1.0)
    vf_loss_coefficient: float = field(0.5, "-", "Weight of the value loss.", ge=0.0, le=10.0)
    max_grad_norm: float | None = field(
        1.0, "-", "Gradients are clipped to this norm; empty for no clipping.", gt=0.0, le=1000.0
    )
    reward_scaling: float = field(1.0, "-", "Rewards are multiplied by this.", gt=0.0, le=1000.0)
    normalize_observations: bool = field(
        True, "-", "Scale observations by their running mean and deviation."
    )
    normalize_advantage: bool = field(True, "-", "Scale advantages within a minibatch.")
    policy_hidden_layer_sizes: tuple[int, ...] = field(
        (128, 128, 128), "units", "Widths of the policy network's hidden layers.", min_length=1
    )
    value_hidden_layer_sizes: tuple[int, ...] = field(
        (256, 256, 256), "units", "Widths of the value network's hidden layers.", min_length=1
    )
    seed: int = field(0, "-", "Seed of networks, resets and sampling.", ge=0, le=2**31 - 1)

    @property
    def steps_per_update(self) -> int:
        """Env steps between two updates of the policy."""
        return self.batch_size * self.num_minibatches * self.unroll_length

    @property
    def updates_per_eval(self) -> int:
        """Updates between two evaluations."""
        return math.ceil(self.num_timesteps / ((self.num_evals - 1) * self.steps_per_update))

    @property
    def total_steps(self) -> int:
        """Env steps really trained: `num_timesteps` rounded up to whole evaluations."""
        return (self.num_evals - 1) * self.updates_per_eval * self.steps_per_update

    @model_validator(mode="after")
    def _possible(self) -> Self:
        unrolls = self.batch_size * self.num_minibatches
        if unrolls % self.num_envs:
            raise refusal(
                "num_envs",
                f"Each update needs batch_size × num_minibatches = {unrolls} unrolls, "
                f"which {self.num_envs} environments cannot collect evenly.",
                f"Use {_nearest_divisor(unrolls, self.num_envs)} environments, "
                "or a batch_size × num_minibatches that num_envs divides.",
            )
        for name in ("policy_hidden_layer_sizes", "value_hidden_layer_sizes"):
            if not all(1 <= width <= 8192 for width in getattr(self, name)):
                raise refusal(name, "A layer is empty or vast.", "Use 1 to 8192 units a layer.")
        return self


def _nearest_divisor(n: int, near: int) -> int:
    divisors = [d for d in range(1, n + 1) if n % d == 0]
    return min(divisors, key=lambda d: abs(d - near))


class RunConfig(Config):
    """A whole training run: everything needed to repeat it."""

    name: str = field(
        "ant-gaps",
        "-",
        "Name of the run: letters, digits, dots, dashes and underscores.",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$",
    )
    preset: str = field("", "-", "Name of the preset it began from; empty for none.")
    scene: SceneConfig = field(SceneConfig(), "-", "Where the walker is.")
    task: TaskConfig = field(TaskConfig(), "-", "What it shall do.")
    ppo: PPOConfig = field(PPOConfig(), "-", "How it learns.")
    engine: Engine = field(
        "auto", "-", "Physics engine; auto takes native without a GPU and mjx with one."
    )
    threads: int = field(
        0, "threads", "Threads of the native engine; 0 for one per processor.", ge=0, le=256
    )
    video_camera: int | str = field(
        0, "-", "Camera of the videos, by index (-1 is the free camera) or name."
    )
    video_seconds: float = field(
        5.0, "s", "Length of the video made at each evaluation; 0 for none.", ge=0.0, le=120.0
    )


class RolloutConfig(Config):
    """One episode of a policy in a scene, with its pictures."""

    scene: SceneConfig = field(SceneConfig(), "-", "Where the walker is.")
    task: TaskConfig = field(TaskConfig(), "-", "What is observed, rewarded and ends the episode.")
    policy: PolicyKind = field("random", "-", "Where the controls come from.")
    constant: float = field(
        1.0, "share of the control range", "Control of the constant policy.", ge=-1.0, le=1.0
    )
    amplitude: float = field(
        1.0, "share of the control range", "Amplitude of the sine policy.", ge=0.0, le=1.0
    )
    frequency: float = field(1.0, "Hz", "Frequency of the sine policy.", gt=0.0, le=50.0)
    checkpoint: str | None = field(
        None, "-", "Checkpoint folder of the checkpoint policy (runs/ID/checkpoints/STEP)."
    )
    deterministic: bool = field(True, "-", "Take the checkpoint policy's mode, not a sample.")
    engine: RolloutEngine = field(
        "auto", "-", "Physics engine; dm_control runs the task in dm_control's own loop."
    )
    seconds: float = field(5.0, "s", "Simulated time at most.", gt=0.0, le=600.0)
    stop_at_end: bool = field(True, "-", "Stop where the episode ends rather than simulate on.")
    seed: int = field(0, "-", "Seed of the reset noise and of random actions.", ge=0, le=2**31 - 1)
    cameras: tuple[int | str, ...] = field(
        (0,), "-", "Cameras to film with, by index (-1 is the free camera) or name."
    )
    width: int = field(640, "px", "Width of the video.", ge=64, le=1920, multiple_of=2)
    height: int = field(480, "px", "Height of the video.", ge=64, le=1080, multiple_of=2)
    fps: int = field(30, "frames/s", "Frame rate of the video.", ge=1, le=120)
    show_joints: bool = field(False, "-", "Draw the joints over the video.")
    show_contacts: bool = field(False, "-", "Draw contact points and forces over the video.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.policy == "checkpoint" and not self.checkpoint:
            raise refusal(
                "checkpoint",
                "The checkpoint policy has no checkpoint.",
                "Name a folder such as runs/ID/checkpoints/STEP.",
            )
        return self


class Problem(NamedTuple):
    """One reason why a config was refused."""

    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} {self.remedy}".strip()


def problems(error: ValidationError) -> list[Problem]:
    """A validation error as field, reason and remedy, for a page or a shell."""
    return [_problem(detail) for detail in error.errors()]


def _problem(detail: Any) -> Problem:
    # The branch of a Span is our word, not the user's.
    path = [str(p) for p in detail["loc"] if p not in ("number", "uniform")]
    context = detail.get("ctx", {})
    if detail["type"] == "config":
        inner = context["field"]
        if inner not in path:
            path.append(inner)
        return Problem(".".join(path), context["reason"], context["remedy"])
    given = json.dumps(detail["input"], default=str)
    bounds = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    limits = [f"{word} {context[key]:g}" for key, word in bounds.items() if key in context]
    remedy = {
        "finite_number": "Use an ordinary number.",
        "extra_forbidden": "Remove it, or correct its name.",
        "missing": "Give it a value.",
    }.get(detail["type"], f"Use a value {' and '.join(limits)}." if limits else "")
    reason = (
        "No such field."
        if detail["type"] == "extra_forbidden"
        else (f"{detail['msg']}, not {given[:60]}.")
    )
    return Problem(".".join(path) or "config", reason, remedy)
