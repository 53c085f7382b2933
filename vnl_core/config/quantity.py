"""Numbers as people type them: with a unit of length, several in a row, with a decimal comma."""

import re
from typing import Any

from vnl_core.config.base import refusal

# How many of each there are in a metre: a division by them rounds once, as a typed 0.35 does.
_PER_METRE = {"m": 1, "cm": 100, "mm": 1000}
_LENGTH = re.compile(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([a-zA-Zµ]+)\s*")
# "0,05" may be one number or two. "0.05,0.1" and "5, 10" can only be two.
_DECIMAL_COMMA = re.compile(r"(?<![\d.])\d+,\d+(?![\d.])")


def number(field: str, text: str, unit: str) -> Any:
    """The number in `text`, in the field's `unit`; text that is none is given back as it is.

    Raises:
      PydanticCustomError: it has a decimal comma, or a unit other than m, cm or mm.
    """
    _no_decimal_comma(field, text)
    found = _LENGTH.fullmatch(text)
    if found is None:
        return text
    value, given = found.groups()
    if unit != "m" or given not in _PER_METRE:
        raise refusal(
            field,
            f"“{text.strip()}” is not in a unit that this field takes.",
            "Write it in m, cm or mm." if unit == "m" else f"Write the number alone ({unit}).",
        )
    try:
        return float(value) / _PER_METRE[given]
    except ValueError:
        return text


def numbers(field: str, text: str, unit: str) -> list[Any]:
    """The numbers in a list such as "5 cm, 10 cm"; see `number`."""
    _no_decimal_comma(field, text)
    return [number(field, part, unit) for part in text.split(",") if part.strip()]


def outside(field: str, value: float, low: float, high: float, unit: str) -> Exception:
    """The refusal of a length beyond [low, high], with what was probably meant."""
    meant = value / _PER_METRE["cm"]
    guess = f"Did you mean {value:g} cm? Write {meant:g}. " if low <= meant <= high else ""
    return refusal(
        field,
        f"{value:g} {unit} is outside what can be built.",
        f"{guess}Keep it between {low:g} and {high:g} {unit}.",
    )


def _no_decimal_comma(field: str, text: str) -> None:
    found = _DECIMAL_COMMA.search(text)
    if found:
        point = found[0].replace(",", ".")
        raise refusal(
            field,
            f"“{found[0]}” may be one number or two.",
            f"Write a decimal point ({point}), and a space after the comma between two numbers.",
        )
