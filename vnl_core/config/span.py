"""A length that each platform, gap or wall has: one number, or a rule that gives many."""

from typing import Annotated, Any, Self

from pydantic import Discriminator, Tag, model_validator
from pydantic.fields import FieldInfo

from vnl_core.config.base import Config, field
from vnl_core.config.refusal import refusal


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

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


class Cycle(Config):
    """Exact values for an experiment, in turn along the corridor and then from the first again."""

    values: tuple[float, ...] = field(
        ..., "unit of the field", "The values, in order.", min_length=1, max_length=100
    )

    def __str__(self) -> str:
        return ", ".join(f"{value:g}" for value in self.values) + " in turn"


class Growing(Config):
    """A value that changes by `step` from one platform, gap or wall to the next, up to `last`."""

    first: float = field(..., "unit of the field", "The first one's value.")
    step: float = field(..., "unit of the field", "What each adds to the one before it.")
    last: float = field(..., "unit of the field", "The value at which it stays.")

    @model_validator(mode="after")
    def _towards(self) -> Self:
        if (self.last - self.first) * self.step < 0 or (self.step == 0 and self.last != self.first):
            raise refusal(
                "step",
                f"Steps of {self.step:g} never lead from {self.first:g} to {self.last:g}.",
                "Change the sign of the step.",
            )
        return self

    def __str__(self) -> str:
        return f"{self.first:g} to {self.last:g} in steps of {self.step:g}"


Rule = Uniform | Cycle | Growing
_TAGS = {"values": "cycle", "first": "growing", "step": "growing", "last": "growing"}


def _branch(value: Any) -> str:
    if isinstance(value, Rule):
        return type(value).__name__.lower()
    if isinstance(value, dict):
        return next((tag for name, tag in _TAGS.items() if name in value), "uniform")
    return "number"


# A number or a rule; told apart before validation so that an error speaks of the one the
# user meant.
Span = Annotated[
    Annotated[float, Tag("number")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Cycle, Tag("cycle")]
    | Annotated[Growing, Tag("growing")],
    Discriminator(_branch),
]
BRANCHES = ("number", "uniform", "cycle", "growing")


def bounds(value: Span, index: int) -> tuple[float, float]:
    """Between which values the `index`-th along the corridor is drawn, uniformly."""
    match value:
        case Uniform():
            return value.low, value.high
        case Cycle():
            exact = value.values[index % len(value.values)]
        case Growing():
            low, high = sorted((value.first, value.last))
            exact = min(max(value.first + index * value.step, low), high)
        case _:
            exact = value
    return exact, exact


def _extremes(value: Span) -> tuple[float, ...]:
    match value:
        case Uniform():
            return value.low, value.high
        case Cycle():
            return value.values
        case Growing():
            return value.first, value.last
    return (value,)


def smallest(value: Span) -> float:
    """The least value that a Span can give."""
    return min(_extremes(value))


def largest(value: Span) -> float:
    """The greatest value that a Span can give."""
    return max(_extremes(value))


def span(default: Span, unit: str, text: str, ge: float, le: float) -> Any:
    """A field that takes a number or a rule, all values within [ge, le]."""
    return field(default, unit, text, span_ge=ge, span_le=le)


def is_span(info: FieldInfo) -> bool:
    """Whether a field was made by `span`."""
    extra = info.json_schema_extra
    return isinstance(extra, dict) and "span_ge" in extra


def check_spans(config: Config) -> None:
    """Holds every Span of `config` to the bounds of its field.

    Raises:
      PydanticCustomError: about the first that is outside.
    """
    for name, info in type(config).model_fields.items():
        extra = info.json_schema_extra
        if not isinstance(extra, dict) or not is_span(info):
            continue
        low, high = extra["span_ge"], extra["span_le"]
        assert isinstance(low, float | int) and isinstance(high, float | int)
        value: Span = getattr(config, name)
        if smallest(value) < low or largest(value) > high:
            raise refusal(
                name,
                f"{smallest(value):g} to {largest(value):g} m is outside what can be built.",
                f"Keep it between {low:g} and {high:g} m.",
            )
