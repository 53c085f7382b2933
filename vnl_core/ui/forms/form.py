"""Editors made from a config model: one widget a field, with its unit, bounds and help.

A form edits a draft: the model's fields as plain JSON data, kept in the session. The draft
is the only truth: a widget shows what is in it (`shown.widget`), and what a person enters is
written there before the script runs again. So a preset, an import or a link changes a form by
changing the draft, and nothing is lost between pages.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from vnl_core.config import Arena, Config, Problem
from vnl_core.config.span import is_span
from vnl_core.config.task import REGISTRIES
from vnl_core.ui.forms.choices import arena, rewards, terms
from vnl_core.ui.forms.sections import label, matters
from vnl_core.ui.forms.structures import put, span, text, vector, whole
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain

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
        title = _titled(problem.field)
        st.error(
            plain(f"{problem.reason} {problem.remedy}"), title=plain(f"{title} cannot be used")
        )


def summary(found: Sequence[Problem]) -> None:
    """The page's problems, which stay in view wherever the page is scrolled to."""
    if found:
        with st.container(key="problems"):
            show_problems(found)


def mark(found: Sequence[Problem], path: str) -> None:
    """Has `edit` say beside each field what is wrong with it, on this run of the page.

    Args:
      found: problems of the draft.
      path: what `edit` has as prefix for the fields that are in no part of a RunConfig.
    """
    st.session_state["refused"] = {
        p.field if p.field.startswith(_PARTS) else f"{path}.{p.field}": f"{p.reason} {p.remedy}"
        for p in found
    }


_PARTS = ("scene.", "task.", "ppo.")


def _show_mark(key: str) -> None:
    for field, reason in st.session_state.get("refused", {}).items():
        if field == key or field.startswith(f"{key}."):
            st.html(f'<p class="vnl-refused">{escape(reason)}</p>')


def _titled(field: str) -> str:
    """A field's name as the form has it; a part of a value with whose it is."""
    *path, name = field.split(".")
    while path and path[-1] == "values":
        path.pop()
    if path and name.isdecimal():
        return f"{label(path[-1])}, number {int(name) + 1},"
    if path and name == "values":
        return label(path[-1])
    if path and name in ("low", "high", "first", "step", "last"):
        return f"{label(path[-1])}, {name},"
    return label(name)


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
    is_class = isinstance(kind, type)
    # What has fields of its own has them marked.
    has_fields = (is_class and issubclass(kind, Config)) or name in REGISTRIES
    has_fields &= not is_span(info)
    common: dict[str, Any] = {"label": title, "help": help_text}
    if is_span(info):
        span(draft, name, key, title, help_text)
    elif isinstance(kind, type) and issubclass(kind, Arena):
        arena(draft, name, key, edit)
    elif isinstance(kind, type) and issubclass(kind, Config):
        edit(kind, draft[name], list(kind.model_fields), key)
    elif kind is bool:
        widget(st.toggle, key, draft[name], put(draft, name), **common)
    elif name == "rewards":
        rewards(draft, key, help_text, edit)
    elif name in REGISTRIES:
        terms(draft, name, key, title, help_text, edit)
    elif get_origin(kind) is tuple and choices:
        chosen = list(draft[name])
        widget(
            st.multiselect,
            key,
            chosen,
            put(draft, name),
            default=("default", chosen),
            options=choices,
            format_func=describe,
            **common,
        )
    elif choices:
        _choice(draft, name, key, choices, describe, common)
    elif get_origin(kind) is tuple and Ellipsis in get_args(kind):
        show = ", ".join(map(str, draft[name]))
        text(draft, name, key, _whole_numbers, show, **common)
    elif get_origin(kind) is tuple:
        vector(draft, name, key, title, help_text, len(get_args(kind)))
    elif kind is str:
        widget(st.text_input, key, draft[name], put(draft, name), **common)
    else:
        _number(info, draft, name, key, common)
    if not has_fields:
        _show_mark(key)


def _literals(kind: Any) -> tuple[Any, ...]:
    """The choices of a Literal, or of a tuple of Literals."""
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return get_args(kind) if get_origin(kind) is Literal else ()


def _choice(
    draft: Draft,
    name: str,
    key: str,
    choices: list[Any],
    describe: Callable[[Any], str],
    common: dict[str, Any],
) -> None:
    if draft[name] not in choices:
        draft[name] = choices[0]
    value = draft[name]
    few = len(choices) <= 3
    widget(
        st.segmented_control if few else st.selectbox,
        key,
        value,
        put(draft, name),
        default=("default", value) if few else ("index", choices.index(value)),
        options=choices,
        format_func=describe,
        **({"required": True} if few else {}),
        **common,
    )


def _multiple(info: FieldInfo) -> int:
    """What a whole number must be a multiple of."""
    return next((n for mark in info.metadata if (n := getattr(mark, "multiple_of", None))), 1)


def _step(default: Any) -> float:
    """A click of the + button: a tenth of the default's magnitude."""
    return 10.0 ** (math.floor(math.log10(abs(default))) - 1) if default else 0.1


def _number(info: FieldInfo, draft: Draft, name: str, key: str, common: dict[str, Any]) -> None:
    kinds = (info.annotation, *get_args(info.annotation))
    is_whole = int in kinds
    if type(None) in kinds:
        # Streamlit's input for numbers puts its first value back where it is emptied.
        show = "" if draft[name] is None else f"{draft[name]}"
        read = partial(_optional_number, is_whole=is_whole)
        text(draft, name, key, read, show, placeholder="none", **common)
        return
    # Without bounds of its own: the browser would refuse a value without a word, the config
    # says why and what to do instead. Always for floats: Streamlit's input for integers takes the
    # digits before the first other character, so that 1e6 would be 1.
    widget(
        st.number_input,
        key,
        float(draft[name]),
        put(draft, name, whole) if is_whole else put(draft, name),
        step=float(_multiple(info)) if is_whole else _step(info.default),
        format="%g",
        **common,
    )


def _optional_number(typed: str, is_whole: bool) -> Any:
    """The number in "8", None in "", and what is neither as it is, for the config to refuse."""
    if not typed.strip():
        return None
    try:
        return whole(float(typed)) if is_whole else float(typed)
    except ValueError:
        return typed


def _whole_numbers(text: str) -> list[Any]:
    """The numbers in "128, 128"; other parts stay as they are, and the config refuses them."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) if part.isdecimal() else part for part in parts]
