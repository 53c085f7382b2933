"""One design in the session: the draft that all pages share, its preset and its link."""

import copy
import json
from typing import Any, TypeVar

import streamlit as st
from pydantic import ValidationError

from vnl_core.config import Config, Problem, RolloutConfig, RunConfig, SceneConfig, problems
from vnl_core.plain_files import LIMIT
from vnl_core.presets import PRESETS
from vnl_core.ui import address
from vnl_core.ui.texts import plain

DEFAULT_PRESET = "ant-easy"
DESIGN_WORDS = ("preset", "design")

Model = TypeVar("Model", bound=Config)


def restore() -> bool:
    """Fills a new session: the design in the address, otherwise the default preset's.

    Returns:
      Whether the session is a new one.
    """
    if "draft" in st.session_state:
        return False
    try:
        preset, run = address.decode(st.query_params.to_dict(), DEFAULT_PRESET)
    except address.BrokenAddress as error:
        preset, run = DEFAULT_PRESET, PRESETS[DEFAULT_PRESET].run
        st.session_state["broken_link"] = str(error)
    use(run, preset)
    st.session_state["rollout"] = RolloutConfig().model_dump(mode="json", exclude={"scene", "task"})
    return True


def use(run: RunConfig, preset: str | None = None) -> None:
    """Makes `run` the session's design; changes made to the one before can be brought back."""
    if "draft" in st.session_state and changed_fields():
        keep()
    if preset:
        st.session_state["preset"] = preset
    st.session_state["draft"] = run.model_dump(mode="json")
    st.session_state["good_scene"] = run.scene.model_dump(mode="json")


def keep() -> None:
    """Keeps the design for `undo`, before something else takes the place of changes to it."""
    st.session_state["replaced"] = _snapshot()


def undo() -> None:
    """Brings back the design that was kept last, and keeps the present one instead."""
    before, now = st.session_state["replaced"], _snapshot()
    st.session_state.update(before)
    st.session_state["replaced"] = now


def can_undo() -> bool:
    """Whether there is a design to bring back."""
    return "replaced" in st.session_state


def _snapshot() -> dict[str, Any]:
    return copy.deepcopy(
        {name: st.session_state[name] for name in ("draft", "good_scene", "preset")}
    )


def draft() -> dict[str, Any]:
    """The session's RunConfig as JSON data; possibly not a valid one yet."""
    return st.session_state["draft"]


def check(model: type[Model], data: dict[str, Any]) -> tuple[Model | None, list[Problem]]:
    """The config that `data` is, or None and what is wrong with it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, problems(error)


def scene() -> tuple[SceneConfig, list[Problem]]:
    """The last scene that could be built, and what is wrong with the draft's, if anything."""
    config, found = check(SceneConfig, draft()["scene"])
    if config:
        st.session_state["good_scene"] = config.model_dump(mode="json")
        return config, []
    return SceneConfig.model_validate(st.session_state["good_scene"]), found


def run() -> RunConfig | None:
    """The session's design, or None while something is wrong with it."""
    return check(RunConfig, draft())[0]


def changed_fields() -> list[str]:
    """Names of the fields that differ from the preset's."""
    base = PRESETS[st.session_state["preset"]].run.model_dump(mode="json")
    changed = []
    for name, value in draft().items():
        if isinstance(value, dict):
            changed += [k for k, v in value.items() if v != base[name].get(k)]
        elif value != base[name]:
            changed.append(name)
    return changed


def remember(word: str, value: str | None) -> None:
    """Sets a word of the address, or removes it; it is written when the page has been drawn."""
    st.session_state.setdefault("address", {})[word] = value


def new_address() -> dict[str, str]:
    """The query of the address bar: the design, if it is valid, and what is remembered."""
    design = run()
    if design:
        words = address.encode(design, st.session_state["preset"])
        for word in DESIGN_WORDS:
            remember(word, words.get(word))
    old = st.query_params.to_dict()
    new = {**old, **st.session_state.pop("address", {})}
    return {word: value for word, value in new.items() if value is not None}


def import_design(text: bytes) -> tuple[RunConfig | None, list[Problem]]:
    """A RunConfig from a file: a whole one, or a SceneConfig put into the session's design."""
    if len(text) > LIMIT:
        reason = f"It has {len(text):,} bytes; a config has some thousand."
        return None, [Problem("file", reason, "Import an exported config.")]
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [Problem("file", f"It is not JSON ({error}).", "Import an exported config.")]
    if not isinstance(data, dict):
        return None, [Problem("file", "It holds no config.", "Import an exported config.")]
    if "scene" in data:
        return check(RunConfig, data)
    return check(RunConfig, {**draft(), "scene": data})


def show_broken_link() -> None:
    """Says once that the address held no design, and that the default one is shown."""
    reason = st.session_state.pop("broken_link", None)
    if reason:
        title = PRESETS[DEFAULT_PRESET].title
        st.warning(
            plain(f"{reason} You see the preset “{title}” instead."),
            title="This link cannot be opened",
        )
