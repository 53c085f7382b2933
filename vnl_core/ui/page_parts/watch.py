"""The parts of the Watch page."""

from pathlib import Path

import streamlit as st

from vnl_core.config import ARENAS, Problem, RolloutConfig, RunConfig, SceneConfig
from vnl_core.runs.directory import Artifact, RunDir, step_name
from vnl_core.scene.cache import built
from vnl_core.ui import runs, state
from vnl_core.ui.charts import traces
from vnl_core.ui.components import design, episode_view, rollout_result, video_panel
from vnl_core.ui.components.player import View, play
from vnl_core.ui.components.timeline import timeline
from vnl_core.ui.forms import form
from vnl_core.ui.page_parts.transfers import transfers
from vnl_core.ui.server.routes import VIEWER, file_url, viewer_url
from vnl_core.ui.shown import widget
from vnl_core.ui.workers import rollouts

_EPISODE = ("seed", "seconds", "deterministic", "cameras", "show_joints", "show_contacts")
_CORRIDOR = ("terrain_seed", "corridor_length", "corridor_width")
EVALUATION, AGAIN = "Evaluation", "New episode"
_VIDEO = "Video"
_HEIGHT = 340  # px; the timeline stands above it


def choose_checkpoint(run: RunDir) -> Artifact | None:
    """The checkpoint under the slider, the last at first; None where there is none."""
    found = {artifact.step: artifact for artifact in run.checkpoints()}
    if not found:
        return None
    steps = list(found)
    asked = st.query_params.get("checkpoint", "")
    first = next((s for s in steps if str(s) == asked), steps[-1])
    step = st.session_state.get(_key(run), first)
    step = step if step in found else steps[-1]
    st.session_state[_key(run)] = step
    if len(steps) > 1:
        widget(
            st.select_slider,
            f"checkpoint-{run.id}",
            step,
            lambda chosen: st.session_state.update({_key(run): chosen}),
            label="Checkpoint (env steps)",
            options=steps,
            format_func=lambda step: f"{step:,}",
        )
    state.remember("checkpoint", str(step))
    return found[step]


def choose_other(run: RunDir, checkpoint: Artifact) -> Artifact | None:
    """A second checkpoint to see beside the first, if one is chosen."""
    others = {a.step: a for a in reversed(run.checkpoints()) if a.step != checkpoint.step}
    if not others:
        return None
    chosen = f"beside-{run.id}"
    step = st.session_state.get(chosen)
    step = step if step in others else None
    widget(
        st.selectbox,
        f"other-{run.id}",
        step,
        lambda entered: st.session_state.update({chosen: entered}),
        default=("index", None if step is None else list(others).index(step)),
        label="Beside it",
        options=list(others),
        format_func=lambda step: f"{step:,}",
        placeholder="No other checkpoint",
        help="Two checkpoints' evaluations, in step.",
    )
    return others.get(step) if step is not None else None


def show_timeline(run: RunDir, checkpoint: Artifact, other: Artifact | None) -> None:
    """The reward over training with the checkpoints' pictures; a click chooses one."""

    def choose(step: int) -> None:
        st.session_state[_key(run)] = step
        _show(EVALUATION)

    timeline(
        run,
        runs.rows_of(run),
        run.checkpoints(),
        checkpoint.step,
        other.step if other else None,
        choose,
    )


def show_evaluation(run: RunDir, checkpoint: Artifact, other: Artifact | None) -> None:
    """The checkpoint's evaluation beside its traces, or two evaluations in step."""
    trajectory = _trajectory(run, checkpoint)
    if not trajectory.is_file():
        if run.status().alive:
            st.info("Its video is being made; it appears here when you come back.")
        else:
            st.info(
                "Choose a corridor above to see it in a new episode.",
                title="This checkpoint has no video",
            )
    elif other and _trajectory(run, other).is_file():
        _pair(run, checkpoint, other)
    else:
        video = dict(run.videos()).get(checkpoint.step)
        videos = {_VIDEO: video} if video else {}
        episode = episode_view.show(trajectory, videos, "watch-film", first=_VIDEO, height=_HEIGHT)
        if episode:
            video_panel.panel([trajectory], built(episode.scene), "watch")


def _pair(run: RunDir, *pair: Artifact) -> None:
    """Two evaluations side by side: videos, or 3D views, and their traces in one chart."""
    shown = {f"step {a.step:,}": episode_view.load(_trajectory(run, a)) for a in pair}
    read = {name: episode for name, episode in shown.items() if episode}
    if len(read) < len(pair):
        return
    videos = dict(run.videos())
    names = [episode_view.VIEW_3D] if VIEWER.is_dir() else []
    names += [_VIDEO] if all(a.step in videos for a in pair) else []
    view = episode_view.choose_view(names, "watch-pair", _VIDEO)
    views = []
    for name, artifact in zip(read, pair, strict=True):
        if view == _VIDEO:
            views.append(View("video", file_url(videos[artifact.step]), name))
        elif view:
            views.append(View("3d", viewer_url(trajectory=_trajectory(run, artifact)), name))
    longest = max(episode.duration for episode in read.values())
    play(views, traces.overlay_figure(read), longest, "watch-pair", height=_HEIGHT)
    st.dataframe(traces.outcomes(read), hide_index=True, alt="Outcomes of both evaluations")


@st.fragment(run_every=2.0)
def await_checkpoint(run: RunDir) -> None:
    """Says that there is no checkpoint yet, until there is one."""
    alive = run.status().alive
    if run.checkpoints() or not run.exists():
        st.rerun()
    st.info(
        "The first one is saved at the first evaluation and appears here by itself."
        if alive
        else "It ended before its first evaluation. Start it again on the page Train.",
        title="This run has no checkpoint yet" if alive else "This run has no checkpoint",
    )


def live_switch(run: RunDir) -> bool:
    """Whether the newest checkpoint plays by itself; only while the run trains."""
    if not run.status().alive:
        return False
    return widget(
        st.toggle,
        "watch_live",
        st.session_state.get("is_live", False),
        lambda is_live: st.session_state.update(is_live=is_live),
        label="Live",
        help="The newest checkpoint's evaluation plays by itself and gives way to the next.",
    )


@st.fragment(run_every=2.0)
def live(run: RunDir) -> None:
    """The newest evaluation, over and over, until the next one is there."""
    if not run.status().alive:
        st.rerun()
    found = [a for a in run.checkpoints() if _trajectory(run, a).is_file()]
    filmed = dict(run.videos())
    # A video comes some seconds after its trajectory; the one before plays until then.
    newest = next(reversed([a for a in found if a.step in filmed] or found), None)
    status = run.status()
    reward = "" if status.reward is None else f" · reward {status.reward:.2f}"
    st.progress(
        min(1.0, status.progress),
        f"**{status.state}, {status.phase}** · step {status.step:,} of {status.total_steps:,}"
        f"{reward}",
    )
    if newest is None:
        st.info("The first evaluation appears here by itself.", title="No evaluation yet")
        return
    st.markdown(f"Evaluation at step **{newest.step:,}**")
    video = filmed.get(newest.step)
    trajectory, videos = _trajectory(run, newest), {_VIDEO: video} if video else {}
    episode_view.show(trajectory, videos, "live-film", _VIDEO, _HEIGHT, loop=True)


def again_form(config: RunConfig, checkpoint: Artifact) -> RolloutConfig | None:
    """Another episode of the checkpoint: its seed, camera and corridor; None if it cannot be."""
    scene = design.build(config.scene)
    if scene is None:
        return None
    draft = _draft(config)
    cameras = {c.index: f"{c.index} {c.name}" for c in scene.cameras}
    with st.expander("New episode", key="section-episode"):
        form.edit(
            RolloutConfig,
            draft,
            _EPISODE,
            "again",
            {"cameras": list(cameras)},
            lambda value: cameras[value],
        )
    with st.expander("Its corridor", key="section-corridor"):
        form.edit(SceneConfig, draft["scene"], _CORRIDOR, "again.scene")
        arena = ARENAS.find(draft["scene"]["arena"]["kind"])
        form.edit(arena, draft["scene"]["arena"], arena.spans(), "again.scene.arena")
    wanted, found = again_request(config, checkpoint)
    # Not by a callback: its arguments would lack what was typed just before the click.
    if (
        st.button(
            "Start new episode",
            key="again",
            icon=":material/replay:",
            disabled=wanted is None,
            help="Of this checkpoint, with the seed, camera and corridor above.",
        )
        and wanted
    ):
        _start(wanted)
    form.show_problems(found)
    return wanted


def again_buttons(wanted: RolloutConfig | None) -> str:
    """Other corridors a click away from that of `wanted`; returns what is on show.

    That is the evaluation or, once there is one, the new episode.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        if wanted:
            st.markdown("**Try it in**", width="content")
            for title, (scene, text) in transfers(wanted.scene).items():
                if st.button(title, key=f"transfer-{title}", help=text):
                    _start(wanted.changed(scene=scene.model_dump()))
        return _choose_shown()


def again_request(
    config: RunConfig, checkpoint: Artifact
) -> tuple[RolloutConfig | None, list[Problem]]:
    """What the form asks for."""
    return state.check(RolloutConfig, {**_draft(config), "checkpoint": str(checkpoint.path)})


def _choose_shown() -> str:
    asked = st.query_params.get("episode")
    episode = st.session_state.setdefault("again_rollout", asked)
    if not episode:
        state.remember("episode", None)
        return EVALUATION
    shown = st.session_state.setdefault("shown_episode", AGAIN if asked else EVALUATION)
    state.remember("episode", episode if shown == AGAIN else None)
    return widget(
        st.segmented_control,
        "watch_shows",
        shown,
        _show,
        default=("default", shown),
        label="Show",
        options=[EVALUATION, AGAIN],
        required=True,
        label_visibility="collapsed",
    )


def _show(what: str) -> None:
    st.session_state["shown_episode"] = what


def show_again() -> None:
    """The new episode."""
    rollout_result.show(st.session_state["again_rollout"], "again_rollout", _HEIGHT)


def _start(wanted: RolloutConfig) -> None:
    rollouts.start(wanted, "again_rollout")
    _show(AGAIN)


def _key(run: RunDir) -> str:
    return f"step-{run.id}"


def _trajectory(run: RunDir, artifact: Artifact) -> Path:
    return run.media_path / f"{step_name(artifact.step)}.h5"


def _draft(config: RunConfig) -> dict:
    """The form's fields: at first the run's own scene, task and engine."""
    key = f"again-{hash(config.model_dump_json())}"
    if key not in st.session_state:
        request = RolloutConfig(scene=config.scene, task=config.task, engine=config.engine)
        st.session_state[key] = request.model_dump(mode="json") | {"policy": "checkpoint"}
    return st.session_state[key]
