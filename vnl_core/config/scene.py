"""A walker in a corridor."""

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import WrapSerializer, field_validator, model_validator

from vnl_core.config.arenas import ARENAS, Arena, Corridor, Gaps
from vnl_core.config.base import Config, field
from vnl_core.config.mjx import MjxConfig
from vnl_core.config.refusal import refusal
from vnl_core.config.registry import whole
from vnl_core.config.upgrade import upgrade_scene

Solver = Literal["cg", "newton"]
Cone = Literal["pyramidal", "elliptic"]
Integrator = Literal["euler", "implicitfast", "implicit", "rk4"]
Vector3 = tuple[float, float, float]


if TYPE_CHECKING:  # for its kind alone is taken too, and its fields are those of its kind
    AnyArena = Any
else:
    AnyArena = Arena


class SceneConfig(Config):
    """A walker in a corridor, and the physics that moves it."""

    arena: Annotated[AnyArena, WrapSerializer(whole)] = field(
        Gaps(), "-", "What is in the corridor's way: gaps between platforms, walls, or nothing."
    )
    corridor_length: float = field(
        40.0, "m", "Length of the corridor along x, from x = 0.", ge=7.0, le=200.0
    )
    corridor_width: float = field(5.0, "m", "Width of the corridor along y.", ge=0.5, le=50.0)
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
        True,
        "-",
        "The Euler integrator takes the joints' damping implicitly, for stability.",
        when={"integrator": "euler"},
    )
    mjx: MjxConfig = field(MjxConfig(), "-", "How the scene is adapted to MJX.")

    @model_validator(mode="before")
    @classmethod
    def _todays_names(cls, data: Any) -> Any:
        return upgrade_scene(data) if isinstance(data, dict) else data

    @field_validator("arena", mode="before")
    @classmethod
    def _kind(cls, value: Any) -> Any:
        """An arena by its kind alone, or with the fields of that kind."""
        if isinstance(value, Arena):
            return value
        fields = {"kind": value} if isinstance(value, str) else value
        if not isinstance(fields, dict) or "kind" not in fields:
            raise refusal(
                "kind", "The arena's kind is missing.", f"Use one of {', '.join(ARENAS)}."
            )
        return ARENAS.read(fields["kind"], fields)

    @property
    def corridor(self) -> Corridor:
        """What the arena lies in."""
        return Corridor(self.corridor_length, self.corridor_width, self.spawn_position[0])

    @property
    def most_platforms(self) -> int:
        """Platforms at most, the start platform too, whatever is drawn; 0 for floor everywhere."""
        return self.arena.most(self.corridor)[0]

    @property
    def most_walls(self) -> int:
        """Walls at most, whatever is drawn."""
        return self.arena.most(self.corridor)[1]

    @property
    def substeps(self) -> int:
        """Physics steps in one control step."""
        return round(self.control_timestep / self.physics_timestep)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        self.arena.check(self.corridor)
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

    def _check_spawn(self) -> None:
        x, y, z = self.spawn_position
        low, high, place = self.arena.spawn_range(self.corridor)
        where = f"{place} (x from {low:g} to {high:g} m)"
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
