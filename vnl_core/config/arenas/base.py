"""What every arena is: a config of its parameters, and where they put platforms and walls.

A new arena is written in one place and registered by a decorator:

    @arena
    class Stairs(Arena):
        \"\"\"Steps that lead upwards.\"\"\"

        rise: Span = span(Uniform(low=0.0, high=0.05), "m", "Height of each step.", 0.0, 0.2)

        def rows(self, corridor): ...
        def place(self, corridor, values, xp): ...

and is then chosen by its name in small letters, `scene.arena.kind = "stairs"`. One method places
the obstacles of every scene: in NumPy for the model that MuJoCo compiles, in JAX where each
episode draws a corridor of its own.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from pydantic import field_validator, model_validator

from vnl_core.config.base import Config, field
from vnl_core.config.refusal import refusal
from vnl_core.config.registry import Registry
from vnl_core.config.span import Span, Uniform, bounds, check_spans, is_span

# A platform or wall that is not there lies at this x, in metres: behind the longest corridor.
FAR = 1000.0
# dm_control's corridors have floor this far before x = 0 and behind their end, in metres.
CORRIDOR_PADDING = 2.0
# More platforms or walls than this slow every engine down too much.
MAX_OBSTACLES = 400

Aesthetic = Literal["default", "outdoor_natural"]


class Corridor(NamedTuple):
    """What an arena lies in; metres."""

    length: float
    width: float
    spawn_x: float
    """x of the walker at the start."""


class Obstacles(NamedTuple):
    """Where platforms and walls are, arrays of NumPy or JAX; metres. Unused ones are at x = FAR."""

    platforms: Any
    """x where it begins, length, height of its top: each platform in order, (platforms, 3). An
    arena without any has floor everywhere."""
    walls: Any
    """x, y from, y to, height of each wall, (walls, 4)."""


class Arena(Config):
    """What is in the corridor's way; see the module."""

    name: ClassVar[str]
    """How a config chooses it; given by the decorator."""
    grows: ClassVar[str] = ""
    """The field that a curriculum begins at its smallest value; empty for none."""
    later: ClassVar[tuple[str, ...]] = ()
    """Fields whose values are drawn after those of all others, for as many rows as are used."""

    kind: str = field("", "-", "Which arena it is.", validate_default=True)

    @field_validator("kind", mode="before")
    @classmethod
    def _its_own(cls, value: Any) -> str:
        if value not in ("", cls.name):
            raise refusal("kind", f"This is the arena {cls.name}, not {value}.", "Leave it out.")
        return cls.name

    @model_validator(mode="after")
    def _within_bounds(self) -> Self:
        check_spans(self)
        return self

    def rows(self, corridor: Corridor) -> int:
        """How many values of each field of lengths `place` gets, whatever is drawn."""
        raise NotImplementedError

    def place(self, corridor: Corridor, values: Mapping[str, Any], xp: Any) -> Obstacles:
        """The platforms and walls; their number is the same whatever the values are.

        Args:
          corridor: what they lie in.
          values: for each field of lengths its values along the corridor, (rows,), in metres.
          xp: numpy or jax.numpy.
        """
        raise NotImplementedError

    def used(self, corridor: Corridor, values: Mapping[str, Any]) -> int:
        """How many of the rows lie in the corridor; `values` of the `later` fields are zero."""
        return self.rows(corridor)

    def check(self, corridor: Corridor) -> None:
        """Refuses what does not fit into the corridor.

        Raises:
          PydanticCustomError: about a field, `arena.gap_length` say.
        """

    def spawn_range(self, corridor: Corridor) -> tuple[float, float, str]:
        """Between which x floor is sure to be under the walker, and where that is, in words."""
        return -CORRIDOR_PADDING, corridor.length, "the corridor"

    def looks(self) -> Aesthetic:
        """Ground and sky, by dm_control's name for them."""
        return "default"

    def pitch(self) -> float:
        """Least distance along x from the start of one platform or wall to that of the next, m."""
        raise NotImplementedError

    @classmethod
    def explained(cls) -> str:
        """What it is, in a sentence: the first paragraph of its docstring."""
        return " ".join((cls.__doc__ or "").split("\n\n")[0].split())

    @classmethod
    def spans(cls) -> tuple[str, ...]:
        """Names of its fields of lengths, in order."""
        return tuple(name for name, info in cls.model_fields.items() if is_span(info))

    @property
    def is_random(self) -> bool:
        """Whether another terrain seed gives another terrain."""
        return any(isinstance(getattr(self, name), Uniform) for name in self.spans())

    def most(self, corridor: Corridor) -> tuple[int, int]:
        """How many platforms and walls `place` gives, used or not."""
        rows = self.rows(corridor)
        placed = self.place(corridor, {name: np.ones(rows) for name in self.spans()}, np)
        return len(placed.platforms), len(placed.walls)


def fitting(span: Span, start: float, end: float, more: float = 0.0) -> int:
    """How many lengths at most fit one after the other from x = `start` until `end` is reached.

    Args:
      span: the lengths.
      start: in metres.
      end: in metres.
      more: what is added to each, in metres.
    """
    x, count = start, 0
    while x < end and count <= MAX_OBSTACLES:
        x += bounds(span, count)[0] + more
        count += 1
    return count


def check_count(count: int, field: str) -> None:
    """Refuses more obstacles than an engine can carry.

    Raises:
      PydanticCustomError: about `field`.
    """
    if count > MAX_OBSTACLES:
        raise refusal(
            field,
            f"The corridor could hold more than {MAX_OBSTACLES} of them.",
            "Make them longer or the corridor shorter.",
        )


ARENAS: Registry[Arena] = Registry("arena", field="kind")
arena = ARENAS.add
