"""What every config is: frozen, closed, and with a unit in each field."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


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
