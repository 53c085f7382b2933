"""Numbers as people type them: with a unit of length, several in a row, with a decimal comma."""

import re
from typing import Any

from vnl_core.config.refusal import refusal

# How many of each there are in a metre: a division by them rounds once, as a typed 0.35 does.
_PER_METRE = {"m": 1, "cm": 100, "mm": 1000}
# In a list that is typed without units, numbers above this may be metres or centimetres.
_SURELY_METRES = 4.0
_LENGTH = re.compile(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([a-zA-Zµ]+)\s*")
# "0,05" may be one number or two. "0.05,0.1" and "5, 10" can only be two.
# Nor can "1e-05,1e-05" be anything else.
_DECIMAL_COMMA = re.compile(r"(?<![\d.eE])(?<![eE][-+])\d+,\d+(?![\d.eE])")


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
    """The numbers in a list such as "5 cm, 10 cm"; see `number`.

    Raises:
      PydanticCustomError: as for `number`, and where a number alone may be metres or centimetres.
    """
    _no_decimal_comma(field, text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if unit == "m" and len(parts) > 1:
        for part in parts:
            _say_which(field, part)
    return [number(field, part, unit) for part in parts]


def _say_which(field: str, part: str) -> None:
    try:
        value = float(part)
    except ValueError:
        return
    if value > _SURELY_METRES:
        raise refusal(
            field, f"{part} may be metres or centimetres.", f"Write {part} cm or {part} m."
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
