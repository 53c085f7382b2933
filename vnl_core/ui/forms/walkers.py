"""The Walker section of the Design form: which animal, and the numbers that suit it."""

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.presets import PRESETS
from vnl_core.scene.walkers import Walker, broken_walkers, known_walkers, refused_files
from vnl_core.ui import state
from vnl_core.ui.forms import form as forms
from vnl_core.ui.forms import sections
from vnl_core.ui.texts import plain


def title(name: str) -> str:
    """A walker's name as people read it."""
    walker = known_walkers().get(name)
    return walker.title if walker else name


def form() -> None:
    """The walker, where it starts, and the offer of its own defaults."""
    broken, draft = broken_walkers(), state.draft()
    known = {name: walker for name, walker in known_walkers().items() if name not in broken}
    first, *others = sections.WALKER
    # A link may name the walker of a file that this server was not given.
    choices = list(dict.fromkeys([*known, draft["scene"][first]]))
    forms.edit(SceneConfig, draft["scene"], [first], "scene", {first: choices}, title)
    for reason in [*refused_files(), *(f"{name}: {why}" for name, why in broken.items())]:
        st.warning(plain(reason))
    walker = known.get(draft["scene"][first])
    if walker:
        st.caption(plain(walker.description))
        _offer(walker)
    forms.edit(SceneConfig, draft["scene"], others, "scene")


def _offer(walker: Walker) -> None:
    """A button that makes the design the walker's own, unless it began there."""
    began = PRESETS.get(state.draft()["preset"])
    if state.run() == walker.defaults or (began and began.run.scene.walker == walker.name):
        return
    if began:
        st.warning(
            f"Corridor, timesteps, healthy height and training are still those of the preset "
            f"“{began.title}”, made for another animal.",
        )
    st.button(
        "Use this walker's defaults",
        key="walker_defaults",
        icon=":material/straighten:",
        on_click=_use,
        args=(walker,),
        help="A corridor to its scale, timesteps that are stable for it, its healthy height, "
        "its reward and its training. Your own changes are lost.",
    )


def _use(walker: Walker) -> None:
    preset = walker.defaults.preset
    state.use(walker.defaults, preset if preset in PRESETS else None)
