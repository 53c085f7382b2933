"""The parts of the Rollout page; Watch shows its rollouts with them too."""

from pathlib import Path

import streamlit as st

from vnl_core.config import Problem, RolloutConfig, RunConfig, SceneConfig
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.table import list_runs
from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory
from vnl_core.ui import curves, forms, rollouts, sections, state
from vnl_core.ui.plot import playback
from vnl_core.ui.routes import VIEWER, file_url, viewer_url

_SECTIONS = {"Policy": sections.POLICY, "Episode": sections.EPISODE, "Film": sections.FILM}
_VIEW_3D = "3D view"
_DOWNLOADS = {
    "traces.parquet": "Traces (Parquet)",
    "traces.csv": "Traces (CSV)",
    "trajectory.h5": "Trajectory (HDF5)",
}


def form(scene: Scene | None) -> None:
    """The request's form; the cameras are those of `scene`."""
    draft = st.session_state["rollout"]
    cameras = {c.index: f"{c.index} {c.name}" for c in scene.cameras} if scene else {0: "0"}
    draft["cameras"] = [c for c in draft["cameras"] if c in cameras] or [0]
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
        with st.expander(title, expanded=title != "Film"):
            forms.edit(
                RolloutConfig,
                draft,
                names,
                "rollout",
                {"cameras": list(cameras)},
                lambda value: cameras.get(value) or sections.label(str(value)),
            )
            if title == "Episode":  # the control rate is the design's
                forms.edit(SceneConfig, state.draft()["scene"], ("control_timestep",), "scene")


def checkpoints() -> dict[str, str]:
    """Every checkpoint of every run by its folder, newest run and step first."""
    return {
        str(found.path): f"{row.run.id} at step {found.step:,}"
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


def start(wanted: RolloutConfig, slot: str) -> None:
    """Submits a rollout and remembers its id in the session under `slot`."""
    try:
        st.session_state[slot] = rollouts.submit(wanted)
    except OSError as error:
        st.session_state[f"{slot}_error"] = f"{error}. Check the runs directory under System."


def show(rollout_id: str | None, slot: str) -> None:
    """Progress of a rollout while it is made, then its result."""
    failure = st.session_state.pop(f"{slot}_error", None)
    if failure:
        st.error(failure, title="The rollout was not started")
    rollout = rollouts.read(rollout_id or "")
    if rollout is None:
        if rollout_id:
            st.warning("It may have been deleted.", title="There is no such rollout")
        return
    if rollout.active:
        _progress(rollout.id)
    elif rollout.state == "failed":
        st.error(rollout.message, title="The rollout failed")
    elif rollout.state == "cancelled":
        st.info("The rollout was cancelled.")
    else:
        _result(rollout, slot)


@st.fragment(run_every=0.5)
def _progress(rollout_id: str) -> None:
    rollout = rollouts.read(rollout_id)
    if rollout is None or not rollout.active:
        st.rerun()
        return
    message = rollout.message
    if rollout.state == "queued":
        message = "It waits for the rollout before it, or 10 to 40 s until the worker has started."
    text = f"**{rollout.state.capitalize()}** {message}"
    st.progress(min(1.0, rollout.progress), text)
    st.button(
        "Cancel",
        key=f"cancel-{rollout_id}",
        icon=":material/cancel:",
        on_click=rollouts.cancel,
        args=(rollout,),
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _trajectory(path: str, changed: int) -> Trajectory:
    return Trajectory.load(path)


def film(videos: dict[str, Path], trajectory_path: Path, key: str) -> None:
    """What came of an episode: a video beside its traces, or the 3D view."""
    try:
        trajectory = _trajectory(str(trajectory_path), trajectory_path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        st.error(str(error), title="The trajectory cannot be read")
        return
    summary = trajectory.summary().items()
    st.markdown(" · ".join(f"{name} **{value}**" for name, value in summary))
    views = [*(videos or ["traces"]), *([_VIEW_3D] if VIEWER.is_dir() else [])]
    if st.session_state.get(f"{key}-view") not in views:
        st.session_state[f"{key}-view"] = views[0]
    view = st.segmented_control(
        "View", views, required=True, key=f"{key}-view", label_visibility="collapsed"
    )
    if view == _VIEW_3D:
        st.iframe(viewer_url(trajectory=trajectory_path), height=500, alt="3D view of the episode")
    else:
        url = file_url(videos[view]) if view in videos else None
        playback(url, curves.traces_figure(trajectory), key, height=460)


def _result(rollout: rollouts.Rollout, slot: str) -> None:
    videos = rollout.videos()
    film(videos, rollout.path / "trajectory.h5", f"{slot}-film")
    with st.container(horizontal=True):
        files = {rollout.path / name: title for name, title in _DOWNLOADS.items()}
        files |= {path: f"Video {name} (mp4)" for name, path in videos.items()}
        for path, title in files.items():
            if path.is_file():
                st.link_button(title, file_url(path, True), icon=":material/download:")
        with st.popover("Delete", icon=":material/delete:", key=f"delete-{rollout.id}"):
            st.write("Its trajectory, traces and videos cannot be brought back.")
            st.button(
                "Delete for good",
                key=f"confirm-delete-{rollout.id}",
                on_click=_delete,
                args=(rollout, slot),
            )


def _delete(rollout: rollouts.Rollout, slot: str) -> None:
    rollouts.delete(rollout)
    st.session_state[slot] = None


def previous(slot: str) -> None:
    """The rollouts made before; a click on one shows it again."""
    st.markdown("**Earlier rollouts**")
    found = rollouts.recent()
    if not found:
        st.caption("None yet.")
        return
    rows = [
        {
            "rollout": r.id,
            "state": r.state,
            "walker": r.request.scene.walker if r.request else "?",
            "engine": r.request.engine if r.request else "?",
            "seconds": r.request.seconds if r.request else None,
            "seed": r.request.seed if r.request else None,
            "videos": ", ".join(r.videos()),
        }
        for r in found
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(35 * len(rows) + 38, 220),
        key="previous",
        selection_mode="single-row",
        on_select=lambda: _choose([r.id for r in found], slot),
        alt="Earlier rollouts",
    )


def _choose(ids: list[str], slot: str) -> None:
    chosen = st.session_state["previous"]["selection"]["rows"]
    if chosen:
        st.session_state[slot] = ids[chosen[0]]
