"""The form of the Rollout page: what is asked for."""

from pathlib import Path

import streamlit as st

from vnl_core.config import Problem, RolloutConfig, RunConfig, SceneConfig
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.table import list_runs
from vnl_core.scene import CLOSE_UP, Scene
from vnl_core.ui import state
from vnl_core.ui.forms import form as forms
from vnl_core.ui.forms import sections

_SECTIONS = {"Policy": sections.POLICY, "Episode": sections.EPISODE, "Video": sections.VIDEO}
_POLICIES = ("zero", "random", "sine", "constant", "checkpoint")
MAX_EPISODES = 16


def form(scene: Scene | None) -> None:
    """The request's form; the cameras are those of `scene`."""
    draft = st.session_state["rollout"]
    cameras = {c.index: f"{c.index} {c.name}" for c in scene.cameras} if scene else {0: "0"}
    draft["cameras"] = [c for c in draft["cameras"] if c in cameras] or [
        0 if 0 in cameras else CLOSE_UP
    ]
    blind = scene is not None and scene.walker.egocentric_camera is None
    if blind:
        draft["egocentric_pixels"] = 0
    if draft["policy"] == "checkpoint":
        names = checkpoints()
        if draft["checkpoint"] not in names:  # its run may have been deleted
            draft["checkpoint"] = next(iter(names), None)
        if names:
            forms.edit(
                RolloutConfig,
                draft,
                ("checkpoint",),
                "rollout",
                {"checkpoint": list(names)},
                lambda path: names.get(path) or str(path),
            )
    for title, names in _SECTIONS.items():
        with st.expander(title, expanded=title != "Video", key=f"section-{title}"):
            forms.edit(
                RolloutConfig,
                draft,
                [name for name in names if not (blind and name == "egocentric_pixels")],
                "rollout",
                {"cameras": list(cameras), "policy": _POLICIES},
                lambda value: cameras.get(value) or sections.label(str(value)),
            )
            if title == "Episode":  # the control rate is the design's
                forms.edit(SceneConfig, state.draft()["scene"], ("control_timestep",), "scene")


def checkpoints() -> dict[str, str]:
    """Every checkpoint of every run by its folder, newest run and step first."""
    return {
        # The step first: a narrow box cuts off the end.
        str(found.path): f"{found.step:,} · {row.run.id}"
        for row in list_runs(default_runs_dir())
        if row.config
        for found in reversed(row.run.checkpoints())
    }


def request(run: RunConfig | None) -> tuple[RolloutConfig | None, list[Problem]]:
    """What the form asks for, in the design's scene. A checkpoint keeps its own task."""
    draft = st.session_state["rollout"]
    if run is None:
        return None, [Problem("scene", "The design is not valid.", "Mend it on the page Design.")]
    task = run.task
    if draft["policy"] == "checkpoint":
        if not draft["checkpoint"]:
            reason = "There is no checkpoint yet."
            return None, [Problem("checkpoint", reason, "Train a policy on the page Train first.")]
        trained = RunDir(Path(draft["checkpoint"]).parents[1]).config()
        if trained.scene.walker != run.scene.walker:
            return None, [
                Problem(
                    "checkpoint",
                    f"It moves the {trained.scene.walker}, the design has the {run.scene.walker}.",
                    "Choose another checkpoint or, on the page Design, its walker.",
                )
            ]
        task = trained.task
    return state.check(
        RolloutConfig, {**draft, "scene": run.scene.model_dump(), "task": task.model_dump()}
    )
