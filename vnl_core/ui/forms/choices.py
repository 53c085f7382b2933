"""Editors of what is chosen by name and then has fields of its own: the arena, a task's terms."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from vnl_core.config import ARENAS
from vnl_core.config.registry import Registry
from vnl_core.config.task import REGISTRIES
from vnl_core.config.terms import REWARDS
from vnl_core.ui.forms.sections import label
from vnl_core.ui.forms.structures import number
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain

# forms.edit: the class, its fields as JSON data, which of them, and the prefix of their keys.
Edit = Callable[..., None]


def arena(draft: dict[str, Any], name: str, key: str, edit: Edit) -> None:
    """Which arena, and its fields."""
    kinds = list(ARENAS)
    found = draft[name]
    if found["kind"] not in kinds:
        st.error(
            plain(
                f"There is no arena “{found['kind']}” here. Choose another, or start the dashboard "
                "with the file that has it (docs/extending.md)."
            ),
            title="Unknown arena",
        )
        kinds.append(found["kind"])
    few = len(kinds) <= 4
    widget(
        st.segmented_control if few else st.selectbox,
        f"{key}.kind",
        found["kind"],
        lambda kind: _switch_arena(draft, name, kind),
        default=("default", found["kind"]) if few else ("index", kinds.index(found["kind"])),
        label=label("kind"),
        options=kinds,
        format_func=label,
        help=" ".join(f"{label(kind)}: {ARENAS.find(kind).explained()}" for kind in ARENAS),
        **({"required": True} if few else {}),
    )
    if found["kind"] in ARENAS:
        cls = ARENAS.find(found["kind"])
        edit(cls, found, [field for field in cls.model_fields if field != "kind"], key)


def _switch_arena(draft: dict[str, Any], name: str, kind: str) -> None:
    """Another arena, with the fields that it last had in this session, or its defaults."""
    kept: dict[str, Any] = st.session_state.setdefault("arenas", {})
    kept[draft[name]["kind"]] = draft[name]
    draft[name] = kept.get(kind) or ARENAS.find(kind)().model_dump(mode="json")


def rewards(draft: dict[str, Any], key: str, help_text: str, edit: Edit) -> None:
    """A row a reward: whether it is paid, its weight, and its other fields below."""
    st.caption("Rewards and their weights", help=help_text)
    found = draft["rewards"]
    for term in _offered(REWARDS, found):
        used, weight = st.columns([2, 1], vertical_alignment="center")
        widget(
            used.toggle,
            f"{key}.{term}.used",
            term in found,
            partial(_switch_reward, found, term),
            label=label(term),
            help=_explained(REWARDS, term),
        )
        if term in found:
            place = f"{key}.{term}"
            number(
                weight,
                found[term],
                "weight",
                place,
                label(term),
                label_visibility="collapsed",
                step=0.05,
            )
            _own_fields(REWARDS, term, found[term], place, edit, but=("weight",))


def _switch_reward(found: dict[str, Any], term: str, is_used: bool) -> None:
    if is_used:
        found[term] = _fields(REWARDS, term)
    else:
        found.pop(term, None)


def terms(
    draft: dict[str, Any], name: str, key: str, title: str, help_text: str, edit: Edit
) -> None:
    """Which terms, in the order in which they were chosen, and the fields of each."""
    registry, found = REGISTRIES[name], draft[name]
    offered = _offered(registry, found)
    if not offered:
        return
    widget(
        st.multiselect,
        key,
        list(found),
        lambda chosen: _choose_terms(draft, name, chosen),
        default=("default", list(found)),
        label=title,
        options=offered,
        format_func=label,
        help=" ".join([help_text, *(f"{label(t)}: {_explained(registry, t)}" for t in offered)]),
    )
    for term, fields in found.items():
        _own_fields(registry, term, fields, f"{key}.{term}", edit)


def _choose_terms(draft: dict[str, Any], name: str, chosen: list[str]) -> None:
    found = draft[name]
    draft[name] = {
        term: found[term] if term in found else _fields(REGISTRIES[name], term) for term in chosen
    }


def _offered(registry: Registry[Any], found: dict[str, Any]) -> list[str]:
    """The terms there are, and those of the draft that are not known here."""
    return [*registry, *(term for term in found if term not in registry)]


def _explained(registry: Registry[Any], term: str) -> str:
    if term not in registry:
        return "Not known here: start the dashboard with the file that has it (docs/extending.md)."
    cls = registry.find(term)
    return cls.explained() if cls.unit == "-" else f"{cls.explained()} [{cls.unit}]"


def _fields(registry: Registry[Any], term: str) -> dict[str, Any]:
    return registry.find(term)().model_dump(mode="json")


def _own_fields(
    registry: Registry[Any],
    term: str,
    fields: dict[str, Any],
    key: str,
    edit: Edit,
    but: tuple[str, ...] = (),
) -> None:
    if term in registry:
        cls = registry.find(term)
        names = [name for name in cls.model_fields if name not in but]
        edit(cls, fields, names, key, of=label(term))
