"""The parts of the Watch page."""

import streamlit as st

from vnl_core.config import Problem, RolloutConfig, RunConfig, SceneConfig
from vnl_core.runs.directory import Artifact, RunDir
from vnl_core.ui import forms, rollout_page, scenes, state

_EPISODE = ("seed", "seconds", "deterministic", "cameras", "show_joints", "show_contacts")
_TERRAIN = ("terrain_seed", "platform_length", "gap_length", "wall_gap", "wall_width")


def choose_checkpoint(run: RunDir) -> Artifact | None:
    """The checkpoint under the slider, the last at first; None where there is none."""
    found = {artifact.step: artifact for artifact in run.checkpoints()}
    if not found:
        return None
    steps = list(found)
    key = f"checkpoint-{run.id}"
    asked = st.query_params.get("checkpoint", "")
    wanted = st.session_state.get(key, next((s for s in steps if str(s) == asked), None))
    st.session_state[key] = wanted if wanted in found else steps[-1]
    if len(steps) > 1:
        st.select_slider(
            "Checkpoint (env steps)",
            steps,
            format_func=lambda step: f"{step:,}",
            key=key,
            persist_state="session",
        )
    step = st.session_state[key]
    state.remember("checkpoint", str(step))
    return found[step]


def show_video(run: RunDir, checkpoint: Artifact) -> None:
    """The video of the checkpoint's evaluation beside its traces."""
    video = dict(run.videos()).get(checkpoint.step)
    trajectory = run.media_path / f"{checkpoint.path.name}.h5"
    if trajectory.is_file():
        rollout_page.film({"video": video} if video else {}, trajectory, "watch-film")
    elif run.status().alive:
        st.info("Its video is being made; it appears here when you come back.")
    else:
        st.info("Roll it out again below to see it.", title="This checkpoint has no video")


def again_form(config: RunConfig) -> None:
    """Seed, camera and corridor of another episode of the checkpoint."""
    draft = _draft(config)
    cameras = {c.index: f"{c.index} {c.name}" for c in scenes.scene_of(config.scene).cameras}
    with st.expander("Episode", expanded=True):
        forms.edit(
            RolloutConfig,
            draft,
            _EPISODE,
            "again",
            {"cameras": list(cameras)},
            lambda value: cameras[value],
        )
    with st.expander("Corridor", expanded=True):
        forms.edit(SceneConfig, draft["scene"], _TERRAIN, "again.scene")


def again_request(
    config: RunConfig, checkpoint: Artifact
) -> tuple[RolloutConfig | None, list[Problem]]:
    """What the form asks for."""
    return state.check(RolloutConfig, {**_draft(config), "checkpoint": str(checkpoint.path)})


def _draft(config: RunConfig) -> dict:
    """The form's fields: at first the run's own scene, task and engine."""
    key = f"again-{hash(config.model_dump_json())}"
    if key not in st.session_state:
        request = RolloutConfig(scene=config.scene, task=config.task, engine=config.engine)
        st.session_state[key] = request.model_dump(mode="json") | {"policy": "checkpoint"}
    return st.session_state[key]
