"""Editors made from a config model: one widget a field, with its unit, bounds and help.

A form edits a draft: the model's fields as plain JSON data, kept in the session. The draft
is the only truth. Before a widget is drawn its value is set from the draft; when the user
changes it, a callback writes the draft before the script runs again. So a preset, an
import or a link changes a form by changing the draft, and nothing is lost between pages.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from vnl_core.config import Arena, Config, Problem
from vnl_core.config.span import is_span
from vnl_core.config.task import REGISTRIES
from vnl_core.ui.forms.choices import arena, rewards, terms
from vnl_core.ui.forms.sections import label, matters
from vnl_core.ui.forms.structures import commit, show, span, vector, whole

Draft = dict[str, Any]


def edit(
    model: type[Config],
    draft: Draft,
    names: Sequence[str],
    path: str,
    options: Mapping[str, Sequence[Any]] | None = None,
    describe: Callable[[Any], str] = lambda value: label(str(value)),
    of: str = "",
) -> None:
    """Draws an editor for each of the model's fields `names` that matters now.

    Args:
      model: the config model.
      draft: its fields as JSON data, changed in place.
      names: fields to draw, in this order.
      path: prefix of the widgets' keys, one for each draft on a page.
      options: choices of fields whose type does not list them.
      describe: how a choice is shown.
      of: what the fields belong to, set before their names: "Height scan".
    """
    for name in names:
        info = model.model_fields[name]
        if matters(info, draft):
            choices = (options or {}).get(name) or _literals(info.annotation)
            _field(info, draft, name, f"{path}.{name}", list(choices), describe, of)


def show_problems(found: Sequence[Problem]) -> None:
    """One error box for each problem: the field, the reason and the remedy."""
    for problem in found:
        *path, name = problem.field.split(".")
        # A bound of a range alone would not say whose it is.
        title = f"{label(path[-1])}, {name}," if path and name in ("low", "high") else label(name)
        st.error(f"{problem.reason} {problem.remedy}", title=f"{title} cannot be used")


def unit(info: FieldInfo) -> str:
    """The unit of a field, empty for none."""
    extra = info.json_schema_extra
    text = extra.get("unit", "-") if isinstance(extra, dict) else "-"
    return "" if text == "-" else str(text)


def _field(
    info: FieldInfo,
    draft: Draft,
    name: str,
    key: str,
    choices: list[Any],
    describe: Callable[[Any], str],
    of: str,
) -> None:
    kind = info.annotation
    # "Threads (threads)" says nothing twice.
    named = unit(info) in ("", label(name).lower())
    title = f"{of}: {name.replace('_', ' ')}" if of else label(name)
    title = title if named else f"{title} ({unit(info)})"
    help_text = (info.description or "").rsplit(" [", 1)[0]
    common = {"key": key, "help": help_text, "on_change": commit, "args": (draft, name, key)}
    if is_span(info):
        span(draft, name, key, title, help_text)
    elif isinstance(kind, type) and issubclass(kind, Arena):
        arena(draft, name, key, edit)
    elif isinstance(kind, type) and issubclass(kind, Config):
        edit(kind, draft[name], list(kind.model_fields), key)
    elif kind is bool:
        show(key, draft[name])
        st.toggle(title, **common)
    elif name == "rewards":
        rewards(draft, key, help_text, edit)
    elif name in REGISTRIES:
        terms(draft, name, key, title, help_text, edit)
    elif get_origin(kind) is tuple and choices:
        show(key, list(draft[name]))
        st.multiselect(title, choices, format_func=describe, **common)
    elif choices:
        _choice(draft, name, key, title, choices, describe, common)
    elif get_origin(kind) is tuple and Ellipsis in get_args(kind):
        show(key, ", ".join(map(str, draft[name])))
        st.text_input(title, **{**common, "args": (draft, name, key, _whole_numbers)})
    elif get_origin(kind) is tuple:
        vector(draft, name, key, title, help_text, len(get_args(kind)))
    elif kind is str:
        show(key, draft[name])
        st.text_input(title, **common)
    else:
        _number(info, draft, name, key, title, common)


def _literals(kind: Any) -> tuple[Any, ...]:
    """The choices of a Literal, or of a tuple of Literals."""
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return get_args(kind) if get_origin(kind) is Literal else ()


def _choice(
    draft: Draft,
    name: str,
    key: str,
    title: str,
    choices: list[Any],
    describe: Callable[[Any], str],
    common: dict[str, Any],
) -> None:
    if draft[name] not in choices:
        draft[name] = choices[0]
    show(key, draft[name])
    if len(choices) <= 3:
        st.segmented_control(title, choices, format_func=describe, required=True, **common)
    else:
        st.selectbox(title, choices, format_func=describe, **common)


def _multiple(info: FieldInfo) -> int:
    """What a whole number must be a multiple of."""
    return next((n for mark in info.metadata if (n := getattr(mark, "multiple_of", None))), 1)


def _step(default: Any) -> float:
    """A click of the + button: a tenth of the default's magnitude."""
    return 10.0 ** (math.floor(math.log10(abs(default))) - 1) if default else 0.1


def _number(
    info: FieldInfo, draft: Draft, name: str, key: str, title: str, common: dict[str, Any]
) -> None:
    kinds = (info.annotation, *get_args(info.annotation))
    is_whole, optional = int in kinds, type(None) in kinds
    value = draft[name]
    show(key, None if value is None else float(value))
    empty: dict[str, Any] = {"value": None, "placeholder": "none"} if optional else {}
    if is_whole:
        common["args"] = (draft, name, key, whole)
    # Without bounds of its own: the browser would refuse a value without a word, the config
    # says why and what to do instead. Always for floats: Streamlit's input for integers takes the
    # digits before the first other character, so that 1e6 would be 1.
    st.number_input(
        title,
        step=float(_multiple(info)) if is_whole else _step(info.default),
        format="%g",
        **empty,
        **common,
    )


def _whole_numbers(text: str) -> list[Any]:
    """The numbers in "128, 128"; other parts stay as they are, and the config refuses them."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) if part.isdecimal() else part for part in parts]
