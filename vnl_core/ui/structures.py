"""Editors of values with parts: a number or a range, a vector, a table of weights."""

from collections.abc import Callable
from typing import Any, get_args

import streamlit as st
from pydantic.fields import FieldInfo

from vnl_core.ui.sections import label


def show(key: str, value: Any) -> None:
    """Sets a widget to `value`, but only when it differs: a write disturbs typing."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def commit(
    draft: Any, name: Any, key: str, convert: Callable[[Any], Any] = lambda value: value
) -> None:
    """Callback of a widget: writes its value into the draft."""
    draft[name] = convert(st.session_state[key])


def vector(
    draft: dict[str, Any], name: str, key: str, title: str, help_text: str, size: int
) -> None:
    """A number input for each part of a tuple of `size` floats."""
    st.caption(title, help=help_text)
    parts = "xyz" if size == 3 else ("lowest", "highest")
    for i, (column, part) in enumerate(zip(st.columns(size), parts, strict=True)):
        _float(column, draft[name], i, f"{key}.{i}", part, step=0.1)


def span(
    info: FieldInfo, draft: dict[str, Any], name: str, key: str, title: str, help_text: str
) -> None:
    """A number, or a range that is drawn from anew for each platform, gap or wall."""
    extra = info.json_schema_extra
    assert isinstance(extra, dict)
    bounds: dict[str, Any] = {
        "min_value": float(str(extra["span_ge"])),
        "max_value": float(str(extra["span_le"])),
        "step": 0.05,
    }
    mode = f"{key}.mode"
    show(mode, "range" if isinstance(draft[name], dict) else "fixed")
    st.segmented_control(
        title,
        ("fixed", "range"),
        required=True,
        key=mode,
        help=f"{help_text} A range is drawn from anew, uniformly, each time.",
        on_change=_switch_span,
        args=(draft, name, mode),
    )
    if isinstance(draft[name], dict):
        low, high = st.columns(2)
        _float(low, draft[name], "low", f"{key}.low", "from", **bounds)
        _float(high, draft[name], "high", f"{key}.high", "to", **bounds)
    else:
        _float(st, draft, name, f"{key}.value", title, label_visibility="collapsed", **bounds)


def _switch_span(draft: dict[str, Any], name: str, mode: str) -> None:
    value = draft[name]
    if st.session_state[mode] == "range" and not isinstance(value, dict):
        draft[name] = {"low": value, "high": value}
    elif st.session_state[mode] == "fixed" and isinstance(value, dict):
        draft[name] = value["high"]


def weights(
    info: FieldInfo, draft: dict[str, Any], name: str, key: str, title: str, help_text: str
) -> None:
    """A row a term: whether it is used, and its weight."""
    st.caption(title, help=help_text)
    for term in get_args(get_args(info.annotation)[0]):
        used, weight = st.columns([3, 2], vertical_alignment="center")
        toggle = f"{key}.{term}.used"
        show(toggle, term in draft[name])
        used.toggle(
            label(term), key=toggle, on_change=_switch_weight, args=(draft[name], term, toggle)
        )
        if term in draft[name]:
            _float(
                weight,
                draft[name],
                term,
                f"{key}.{term}",
                label(term),
                label_visibility="collapsed",
                step=0.05,
            )


def _switch_weight(weights: dict[str, float], term: str, toggle: str) -> None:
    if st.session_state[toggle]:
        weights[term] = 1.0
    else:
        weights.pop(term, None)


def _float(slot: Any, target: Any, name: Any, key: str, title: str, **look: Any) -> None:
    """A number input for one float inside a structure of the draft."""
    show(key, float(target[name]))
    slot.number_input(
        title,
        format="%g",
        key=key,
        on_change=commit,
        args=(target, name, key),
        **look,
    )
