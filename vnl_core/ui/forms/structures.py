"""Editors of values with parts: a number or a range, a vector."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from pydantic_core import PydanticCustomError

from vnl_core.config.quantity import numbers
from vnl_core.ui.shown import last, widget


def put(
    target: Any, name: Any, convert: Callable[[Any], Any] = lambda value: value
) -> Callable[[Any], None]:
    """Writes a widget's entries into a part of the draft."""

    def write(value: Any) -> None:
        target[name] = convert(value)

    return write


def vector(
    draft: dict[str, Any], name: str, key: str, title: str, help_text: str, size: int
) -> None:
    """A number input for each part of a tuple of `size` floats."""
    st.caption(title, help=help_text)
    parts = "xyz" if size == 3 else ("lowest", "highest")
    for i, (column, part) in enumerate(zip(st.columns(size), parts, strict=True)):
        number(column, draft[name], i, f"{key}.{i}", part, step=0.1)


def span(draft: dict[str, Any], name: str, key: str, title: str, help_text: str) -> None:
    """A number, or a rule that gives each platform, gap or wall its own."""
    rule = draft[name]
    mode = _mode(rule)
    widget(
        st.segmented_control,
        f"{key}.mode",
        mode,
        lambda chosen: _switch_span(draft, name, chosen),
        default=("default", mode),
        label=title,
        options=_MODES,
        required=True,
        help=f"{help_text} Fixed: one value. Range: each is drawn anew, uniformly. List: exact "
        "values in turn, repeated. Growing: each larger than the one before it by a step.",
    )
    if mode == "fixed":
        number(st, draft, name, f"{key}.value", title, label_visibility="collapsed", step=_STEP)
    elif mode == "list":
        typed = rule["values"]
        text(
            rule,
            "values",
            f"{key}.values",
            lengths,
            typed if isinstance(typed, str) else ", ".join(map(str, typed)),
            label=f"{title}: values, separated by commas",
            help="In metres, or with a unit, such as 5 cm, 10 cm.",
        )
    else:
        parts = _PARTS[mode]
        for column, (part, word) in zip(st.columns(len(parts)), parts.items(), strict=True):
            number(column, rule, part, f"{key}.{part}", word, step=_STEP)


_STEP = 0.05  # m, a click of the + button
_MODES = ("fixed", "range", "list", "growing")
_PARTS = {
    "range": {"low": "from", "high": "to"},
    "growing": {"first": "from", "step": "step", "last": "to"},
}


def _mode(value: Any) -> str:
    """Which of the `_MODES` a Span in the draft is of."""
    if not isinstance(value, dict):
        return "fixed"
    return "list" if "values" in value else "growing" if "first" in value else "range"


def _switch_span(draft: dict[str, Any], name: str, chosen: str) -> None:
    """Another rule, from and to the same values as the one before."""
    given = draft[name]
    parts = [given] if _mode(given) == "fixed" else given.get("values") or [*given.values()]
    # A list that was refused may hold text.
    values = [part for part in parts if not isinstance(part, str)] or [_STEP]
    low, high = values[0], values[-1]
    draft[name] = {
        "fixed": high,
        "range": {"low": min(low, high), "high": max(low, high)},
        "list": {"values": [low] if low == high else [low, high]},
        "growing": {"first": low, "step": round((high - low) / 10, 6), "last": high},
    }[chosen]


def lengths(text: str) -> Any:
    """The metres in "0.05, 10 cm"; what cannot be read stays as it is, for the config to refuse."""
    try:
        return [_float_of(part) for part in numbers("values", text, "m")]
    except PydanticCustomError:
        return text


def _float_of(part: Any) -> Any:
    try:
        return float(part)
    except ValueError:
        return part


def whole(value: float | None) -> float | None:
    """A whole number that a number input gave; a fraction stays one, for the config to refuse."""
    return int(value) if value is not None and float(value).is_integer() else value


def text(
    target: Any, name: Any, key: str, read: Callable[[str], Any], shown: str, **look: Any
) -> None:
    """A text input for what `read` makes of a text.

    It keeps what was typed, "5 cm, 10 cm", while that is the draft's value; otherwise it shows
    that value as `shown`.
    """
    typed = last(key)
    if typed is None or read(typed) != target[name]:
        typed = shown
    widget(st.text_input, key, typed, put(target, name, read), **look)


def number(slot: Any, target: Any, name: Any, key: str, title: str, **look: Any) -> None:
    """A number input for one float inside a structure of the draft."""
    widget(
        slot.number_input,
        key,
        float(target[name]),
        put(target, name),
        label=title,
        format="%g",
        **look,
    )
