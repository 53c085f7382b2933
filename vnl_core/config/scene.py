"""A walker in a corridor."""

import math
from typing import Literal, Self

from pydantic import model_validator

from vnl_core.config.base import Config, field, refusal
from vnl_core.config.mjx import MjxConfig
from vnl_core.config.span import Span, Uniform, bounds, largest, smallest, span

# dm_control's GapsCorridor opens with a platform of this length, whatever the seed.
START_PLATFORM_LENGTH = 6.0
# An empty or walled corridor has floor this far before x = 0 and behind its end.
CORRIDOR_PADDING = 2.0
# More platforms or walls than this make every engine crawl.
MAX_OBSTACLES = 400

Arena = Literal["gaps", "empty", "walls"]
Aesthetic = Literal["default", "outdoor_natural"]
Solver = Literal["cg", "newton"]
Cone = Literal["pyramidal", "elliptic"]
Integrator = Literal["euler", "implicitfast", "implicit", "rk4"]
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
    platform_height: Span = span(
        0.0, "m", "Height of each platform over the start platform (gaps arena).", -0.5, 0.5
    )
    wall_gap: Span = span(
        2.5,
        "m",
        "Distance from wall to wall along x, and to the first from 2 m ahead of the walker "
        "(walls arena).",
        0.5,
        50.0,
    )
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
    walker: str = field(
        "ant", "-", "The animal, one of those that `vnl walkers` lists.", pattern=r"^[a-z]\w{0,60}$"
    )
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
    integrator: Integrator = field(
        "euler",
        "-",
        "How velocities are integrated; MJX has no implicit one, only implicitfast.",
    )
    eulerdamp: bool = field(
        True, "-", "The Euler integrator takes the joints' damping implicitly, for stability."
    )
    mjx: MjxConfig = field(MjxConfig(), "-", "How the scene is adapted to MJX.")

    @property
    def most_platforms(self) -> int:
        """Platforms at most, the start platform too, whatever is drawn; 0 but in a gaps arena."""
        if self.arena != "gaps":
            return 0
        x, count = START_PLATFORM_LENGTH, 0
        while x < self.corridor_length and count <= MAX_OBSTACLES:
            # The smallest gap of all, for a curriculum shortens every one towards it.
            x += bounds(self.platform_length, count)[0] + smallest(self.gap_length)
            count += 1
        return count + 1

    @property
    def walls_start(self) -> float:
        """x from where the first `wall_gap` is counted: dm_control's 2 m, from the walker on.

        So that no wall stands in the walker, nor behind it, wherever it starts.
        """
        return max(0.0, self.spawn_position[0]) + CORRIDOR_PADDING

    @property
    def most_walls(self) -> int:
        """Walls at most, whatever is drawn; 0 but in a walls arena."""
        if self.arena != "walls":
            return 0
        x, count = self.walls_start, 0
        while (x := x + bounds(self.wall_gap, count)[0]) < self.corridor_length:
            count += 1
            if count > MAX_OBSTACLES:
                break
        return count

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
            count, name = self.most_platforms - 1, "platform_length"
        elif self.arena == "walls":
            if largest(self.wall_width) >= self.corridor_width:
                raise refusal(
                    "wall_width",
                    f"A wall of {largest(self.wall_width):g} m closes "
                    f"the corridor ({self.corridor_width:g} m wide).",
                    "Narrow the wall or widen the corridor.",
                )
            count, name = self.most_walls, "wall_gap"
        else:
            return
        if count > MAX_OBSTACLES:
            raise refusal(
                name,
                f"The corridor could hold more than {MAX_OBSTACLES} of them.",
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
