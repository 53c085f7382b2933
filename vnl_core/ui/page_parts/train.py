"""The parts of the Train page."""

import plotly.graph_objects as go
import streamlit as st
from pydantic import ValidationError

from vnl_core.config import PPOConfig, RunConfig, TaskConfig, problems
from vnl_core.presets import PPO_SIZES
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.status import Status
from vnl_core.scene import Scene
from vnl_core.supervision import launch
from vnl_core.ui import runs, state
from vnl_core.ui.charts import curves
from vnl_core.ui.charts.plot import plot
from vnl_core.ui.forms import form as forms
from vnl_core.ui.forms import sections
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain

_STATE_COLOURS = {
    "created": "gray",
    "queued": "blue",
    "starting": "blue",
    "compiling": "blue",
    "running": "green",
    "stopping": "gray",
    "stopped": "gray",
    "interrupted": "gray",
    "finished": "blue",
    "stalled": "orange",
}  # Red for the others: failed, killed, lost.


def form(scene: Scene | None) -> None:
    """What is trained and how: the task, PPO and the run itself."""
    draft = state.draft()
    cameras = {c.index: f"{c.index} {c.name}" for c in scene.cameras} if scene else {0: "0"}
    # The config takes either; the form keeps to the one in use.
    by_name = isinstance(draft["video_camera"], str)
    choices = [c.name if by_name else c.index for c in scene.cameras] if scene else [0]
    with st.expander("Run", expanded=True, key="section-run"):
        forms.edit(RunConfig, draft, ("name",), "run")
        _size(draft)
        forms.edit(
            RunConfig,
            draft,
            ("engine", "threads", "video_camera", "video_seconds"),
            "run",
            {"video_camera": choices},
            lambda value: cameras.get(value) or sections.label(str(value)),
        )
    with st.expander("Checkpoints", key="section-checkpoints"):
        forms.edit(RunConfig, draft, sections.CHECKPOINTS, "run")
    for title, names in sections.TASK.items():
        with st.expander(title, key=f"section-{title}"):
            forms.edit(TaskConfig, draft["task"], names, "task")
    for title, names in sections.PPO.items():
        with st.expander(f"PPO: {title.lower()}", key=f"section-ppo-{title}"):
            forms.edit(PPOConfig, draft["ppo"], names, "ppo")


def _size(draft: dict) -> None:
    """How much training: one of the named sizes, or none of them once a value differs."""
    sizes = {name: size.model_dump(mode="json") for name, size in PPO_SIZES.items()}
    current = next((name for name, size in sizes.items() if size == draft["ppo"]), None)
    widget(
        st.selectbox,
        "ppo_size",
        current,
        lambda chosen: _use_size(draft, sizes[chosen], is_own=current is None),
        default=("index", None if current is None else list(sizes).index(current)),
        label="Size of the training",
        options=list(sizes),
        format_func=sections.label,
        placeholder="Your own",
        help="Sets all PPO fields: smoke shows that everything works, laptop suits a few "
        "processor cores, the others need a GPU.",
    )


def _use_size(draft: dict, size: dict, is_own: bool) -> None:
    if is_own:
        state.keep()
    draft["ppo"] = size


def prepare(run: RunDir | None) -> None:
    """Prepares the next training's process, unless `run` is using all processors."""
    if run is None or not run.status().alive:
        launch.prepare()


def start(config: RunConfig) -> None:
    """Creates a run and starts its training in the background."""
    try:
        run = RunDir.create(default_runs_dir(), config)
        launch.start_training(run)
    except (OSError, RuntimeError) as error:
        st.session_state["train_error"] = f"{error}. Check the runs directory under System."
        return
    st.session_state["run"] = run.id


def controls(run: RunDir) -> None:
    """Stop, resume and continue, each where it can be done."""
    status = run.status()
    st.button(
        "Stop training",
        key="stop_training",
        icon=":material/pause:",
        disabled=not status.alive,
        help="Saves everything first. Resume then goes on exactly where it stopped, "
        "so this is also how to pause.",
        on_click=runs.stop,
        args=(run,),
    )
    st.button(
        "Resume",
        key="resume_training",
        icon=":material/resume:",
        disabled=status.alive or status.state in ("created", "finished"),
        help="Goes on from the newest whole checkpoint, as if it had never stopped.",
        on_click=runs.resume,
        args=(run,),
    )
    with st.popover("Continue…", icon=":material/fast_forward:", disabled=status.alive):
        _continue(run)


def _continue(run: RunDir) -> None:
    config, problem = runs.config_of(run)
    if config is None:
        st.error(plain(problem))
        return
    interval = config.ppo.updates_per_eval * config.ppo.steps_per_update
    # For floats: Streamlit's input for integers would read 1e6 as 1.
    typed = st.number_input(
        "More training (env steps)",
        min_value=1.0,
        value=float(config.ppo.total_steps),
        step=float(interval),
        format="%g",
        key=f"more-{run.id}",
        help=f"Rounded up to whole evaluation intervals of {interval:,} env steps.",
    )
    try:
        longer = launch.lengthened(config, int(typed))
    except ValidationError as error:
        found = problems(error)[0]
        st.error(plain(f"{found.reason} {found.remedy}"), title="A run cannot be that long")
        return
    st.button(
        f"Train to {longer.ppo.total_steps:,} env steps",
        key="continue_training",
        type="primary",
        on_click=lambda: runs.resume(run, int(st.session_state[f"more-{run.id}"])),
    )


def live(run: RunDir) -> None:
    """Status, curves and log of a run; once a second while it is alive.

    Another tab or the shell may resume or delete one that has ended.
    """
    alive = run.status().alive
    st.fragment(_live, run_every=1.0 if alive else 5.0)(run, alive)


def _live(run: RunDir, was_alive: bool) -> None:
    status = run.status()
    if status.alive != was_alive or not run.exists():
        st.rerun()
    _headline(run, status)
    figures = _figures(run)
    if not figures:
        st.info("The first evaluation draws the first point of every curve.", title="No curves yet")
    for i, (title, figure) in enumerate(figures.items()):
        if i % 2 == 0:
            columns = st.columns(2)
        with columns[i % 2]:
            plot(figure, key=f"curve-{title}-{run.id}", height=260)
    with st.expander("Log", expanded=status.broken):
        st.code("\n".join(run.log_tail(30)) or "Nothing printed yet.", language=None)


def _figures(run: RunDir) -> dict[str, go.Figure]:
    """The run's curves; drawn anew when there are new metrics, not at each click on the page."""
    rows = runs.rows_of(run)
    what = (str(run.path), len(rows), rows[-1:])
    known = st.session_state.get("figures")
    if known is None or known[0] != what:
        config, _ = runs.config_of(run)
        known = what, curves.panels(rows, config.task if config else TaskConfig())
        st.session_state["figures"] = known
    return known[1]


def _headline(run: RunDir, status: Status) -> None:
    colour = _STATE_COLOURS.get(status.state, "red")
    detail = ""
    if status.state == "queued":
        detail = f", {status.ahead} to go before it"
    elif status.alive and status.phase != status.state:
        detail = f", {status.phase}"
    speed = status.env_steps_per_second
    parts = [f"step {status.step:,} of {status.total_steps:,}"]
    if speed:
        parts.append(f"{speed:,.0f} env steps/s")
    if status.best_reward is not None:
        parts.append(f"best reward {status.best_reward:.2f}")
    if status.alive and status.eta is not None:
        parts.append(f"{runs.duration(status.eta)} left")
    st.progress(
        min(1.0, status.progress), f":{colour}[**{status.state}{detail}**] · {' · '.join(parts)}"
    )
    if status.broken and status.message:
        st.error(plain(status.message), title=status.state.capitalize())
    elif status.message:  # such as that it was resumed, which asks for nothing
        st.caption(plain(status.message))
