"""What MJX makes of a design: a table of findings, and one of what is adapted."""

from functools import lru_cache
from typing import Any

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.scene import Scene
from vnl_core.scene.cache import built
from vnl_core.scene.compat import summary
from vnl_core.scene.mjx_facts import MjxEngine
from vnl_core.ui.forms.sections import label

ENGINES: dict[str, MjxEngine] = {"MJX": "mjx", "MJX-Warp": "mjx-warp"}


@lru_cache(maxsize=32)
def _summary(config: str, engine: MjxEngine) -> dict[str, Any]:
    return summary(built(SceneConfig.model_validate_json(config)), engine)


def show(scene: Scene) -> None:
    """Draws both tables for the engine that the user picks."""
    name = st.segmented_control(
        "Engine", list(ENGINES), default="MJX", required=True, key="compat_engine"
    )
    told = _summary(scene.config.model_dump_json(), ENGINES[name or "MJX"])
    slots = told["contact slots"]
    if told["runs"]:
        st.markdown(
            f"{name} runs this scene, adapted: {slots['adapted']} contact slots rather than "
            f"{slots['unadapted']}. The native engine needs none of this."
        )
    else:
        st.error(
            "Switch the remedies on again under MJX in the form, or use the native engine.",
            title=f"{name} cannot run this scene",
        )
    st.dataframe(
        [_finding(problem) for problem in told["problems"]],
        hide_index=True,
        height="content",
        alt=f"What {name} refuses, ignores or does otherwise",
    )
    st.markdown("**What is adapted**")
    st.dataframe(
        [_change(change) for change in told["adaptations"]],
        hide_index=True,
        height="content",
        alt=f"How the scene is adapted to {name}",
    )


def _finding(problem: dict[str, Any]) -> dict[str, Any]:
    return {
        "severity": problem["severity"],
        "what": problem["kind"],
        "cured": "yes" if problem["cured"] else "no",
        "meaning": problem["meaning"],
        "remedy": problem["remedy"],
        "elements": ", ".join(problem["names"]),
    }


def _change(change: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": change["what"],
        "why": change["why"],
        "switch": label(change["switch"]) if change["switch"] else "always",
        "elements": ", ".join(change["names"]),
    }
