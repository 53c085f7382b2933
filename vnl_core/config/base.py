"""What every config is: frozen, closed, and with a unit in each field."""

from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo

from vnl_core.config.quantity import number, numbers
from vnl_core.config.refusal import refusal


class Config(BaseModel):
    """Frozen, closed (an unknown field is an error), without NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _as_typed(cls, value: Any, info: ValidationInfo) -> Any:
        assert info.field_name is not None
        return typed(value, cls.model_fields[info.field_name], info.field_name)

    def to_json(self) -> str:
        """Indented JSON, from which `model_validate_json` gives an equal config."""
        return self.model_dump_json(indent=2) + "\n"

    def changed(self, **values: Any) -> Self:
        """A validated copy with the given fields replaced."""
        return type(self).model_validate({**self.model_dump(), **values})


def typed(value: Any, info: FieldInfo, name: str) -> Any:
    """What was given for a field of numbers, as numbers in the field's unit.

    Raises:
      PydanticCustomError: it is true or false, or text that can be read in two ways.
    """
    kinds = _parts(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit, is_span = str(extra.get("unit", "-")), "span_ge" in extra
    if bool in kinds or not kinds & {int, float}:
        return value

    def convert(given: Any) -> Any:
        if isinstance(given, bool):
            remedy = "Write a number." if unit == "-" else f"Write a number ({unit})."
            raise refusal(name, f"{str(given).lower()} is no number.", remedy)
        if isinstance(given, str) and str not in kinds:
            return number(name, given, unit)
        if isinstance(given, list | tuple):
            return [convert(part) for part in given]
        if isinstance(given, dict):
            return {key: convert(part) for key, part in given.items()}
        return given

    if unit == "unit of the field" and isinstance(value, str):
        return numbers(name, value, "m")  # of a span, all of which are lengths
    if is_span and isinstance(value, str):
        values = numbers(name, value, unit)
        return {"values": values} if "," in value else values[0] if values else value
    return convert(value)


def _parts(kind: Any) -> set[Any]:
    """The plain types within a type; a nested config checks its own fields."""
    inner = get_args(kind)
    return set().union(*map(_parts, inner)) if inner else {kind}


def field(
    default: Any, unit: str, text: str, when: dict[str, Any] | None = None, **bounds: Any
) -> Any:
    """A pydantic field whose description ends in its unit ("m", "s", "-" for none).

    Args:
      default: its value unless given.
      unit: of its value.
      text: what it is, in a sentence.
      when: the other fields' values without which it has no effect; a form hides it then.
      **bounds: ge, gt, le, lt, min_length and the like.
    """
    extra = {"unit": unit, **{k: bounds[k] for k in ("span_ge", "span_le") if k in bounds}}
    if when:
        extra["when"] = when
    bounds = {k: v for k, v in bounds.items() if not k.startswith("span_")}
    return Field(default, description=f"{text} [{unit}]", json_schema_extra=extra, **bounds)
