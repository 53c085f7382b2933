"""A number, or a distribution to draw it from."""

from typing import Annotated, Any, Self

from pydantic import Discriminator, Tag, model_validator

from vnl_core.config.base import Config, field, refusal


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
