"""The session's design on a page: its preset, and the scene that is built of it."""

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.presets import PRESETS
from vnl_core.scene import Scene
from vnl_core.scene.cache import built
from vnl_core.ui import state
from vnl_core.ui.forms import walkers
from vnl_core.ui.forms.sections import label
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain


def preset_picker() -> None:
    """Which preset the design starts from, and what was changed in it."""
    # In a place of its own: what comes and goes here would push the form's sections about, which
    # the browser then builds anew under the hands of whoever types.
    with st.container(key="preset"):
        _preset_picker()


def _preset_picker() -> None:
    names, current = list(PRESETS), st.session_state["preset"]
    widget(
        st.selectbox,
        "preset_picker",
        current,
        _use_preset,
        default=("index", names.index(current)),
        label="Preset",
        options=names,
        format_func=lambda name: PRESETS[name].title,
        help=PRESETS[current].description,
    )
    changed = state.changed_fields()
    if changed:
        st.caption(f"Changed: {', '.join(label(name).lower() for name in changed)}")
        st.button(
            "Back to the preset",
            key="reset",
            icon=":material/undo:",
            on_click=_use_preset,
            args=(current,),
        )
    if state.can_undo():
        st.button(
            "Bring back my changes",
            key="bring_back",
            icon=":material/history:",
            on_click=state.undo,
            help="The design as it was before a preset, an import, a size of training or a "
            "walker's defaults took its place. Another click takes you back here.",
        )


def _use_preset(name: str) -> None:
    state.use(PRESETS[name].run, name)


def build(config: SceneConfig) -> Scene | None:
    """The scene of `config`; None, and the reason on the page, where it cannot be built."""
    try:
        return built(config)
    except ValueError as error:  # such as a walker that is not known here
        st.error(plain(error), title="This scene cannot be built")
        return None
    except Exception as error:
        st.error(
            plain(f"{type(error).__name__}: {error}. Change what you changed last."),
            title="MuJoCo refused this scene",
        )
        return None


def summary(scene: Scene) -> str:
    """The scene in one line."""
    config, layout = scene.config, scene.layout
    counts = {"gaps": len(layout.gaps), "walls": len(layout.walls)}
    found = [f"{n} {what}" for what, n in counts.items() if n]
    if layout.platforms and not layout.gaps:
        found.insert(0, f"{len(layout.platforms)} platforms")
    obstacles = " and ".join(found) or "no obstacles"
    if layout.gaps:
        obstacles += f" between {len(layout.platforms)} platforms"
    return (
        f"{walkers.title(config.walker)}, {obstacles}, corridor of {config.corridor_length:g} m "
        f"by {config.corridor_width:g} m, terrain seed {config.terrain_seed}"
    )
