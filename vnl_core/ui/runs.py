"""A training run on a page: which one, its config and metrics, and what can be done with it."""

import threading
from datetime import timedelta
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from vnl_core.config import RunConfig, problems
from vnl_core.runs import extension_sources
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.metrics import MetricsTail
from vnl_core.runs.table import list_runs
from vnl_core.supervision import launch
from vnl_core.ui import state
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain


def choose_run(label: str = "Run") -> RunDir | None:
    """The run that the session or the address names, or the newest; None where there are none."""
    everything = list_runs(default_runs_dir())
    rows = [row for row in everything if row.status.state != "not trusted"]
    ids = [row.run.id for row in rows]
    wanted = st.session_state.get("run") or st.query_params.get("run")
    refused = {row.run.id: row.problem for row in everything if row not in rows}
    if wanted in refused:
        st.error(plain(refused[wanted]), title=plain(f"{wanted} is not trusted"))
    elif wanted and wanted not in ids:
        instead = "You see the newest instead." if ids else "There is no other one."
        st.warning(plain(f"There is no run “{wanted}”; it may have been deleted. {instead}"))
    if not ids:
        st.session_state["run"] = None
        state.remember("run", None)
        return None
    current = wanted if wanted in ids else ids[0]
    st.session_state["run"] = current
    widget(
        st.selectbox,
        "run_picker",
        current,
        lambda chosen: st.session_state.update(run=chosen),
        default=("index", ids.index(current)),
        label=label,
        options=ids,
    )
    state.remember("run", current)
    return next(row.run for row in rows if row.run.id == current)


def rows_of(run: RunDir) -> list[dict]:
    """The run's metrics so far, thinned; only lines new since the last call are parsed."""
    tail, lock = _tail(run.metrics_path)
    with lock:
        tail.read()
        return list(tail.rows)


# A chart has a thousand points (`curves.MAX_POINTS`), wherever one zooms in.
_ROWS = 4000


# One for all sessions: a long run's rows take tens of megabytes.
@st.cache_resource(max_entries=32, show_spinner=False)
def _tail(path: Path) -> tuple[MetricsTail, threading.Lock]:
    return MetricsTail(path, _ROWS), threading.Lock()


def config_of(run: RunDir) -> tuple[RunConfig | None, str]:
    """The run's config, or None and why it cannot be read."""
    try:
        return run.config(), ""
    except ValidationError as error:
        hint = extension_sources.hint(run.path)
        return None, f"config.json is broken: {problems(error)[0]} {hint}"
    except OSError as error:
        return None, f"config.json cannot be read: {error.strerror}."


def stop(run: RunDir) -> None:
    """Asks a run's process to end; one that trains saves a checkpoint first."""
    status = run.status()
    try:
        asked = launch.stop(run)
    except OSError:  # on another machine, and its folder cannot be written
        asked = False
    if not asked:
        st.toast(
            plain(f"{run.id} was not stopped: no process of it could be asked to end."),
            icon=":material/error:",
        )
        return
    begun = status.state == "running"
    what = "a last checkpoint is being saved" if begun else "it has not begun, nothing is saved"
    st.toast(f"Stopping: {what}.", icon=":material/stop_circle:")


def resume(run: RunDir, more_steps: int = 0) -> None:
    """Goes on with a run in the background, from its newest whole checkpoint."""
    try:
        launch.resume_training(run, more_steps)
    except ValidationError as error:
        st.session_state["train_error"] = str(problems(error)[0])
    except (OSError, RuntimeError) as error:
        st.session_state["train_error"] = str(error)


def show_start_error() -> None:
    """Why the last start did not work, once."""
    failure = st.session_state.pop("train_error", None)
    if failure:
        st.error(plain(failure), title="The training was not started")


def duration(seconds: float) -> str:
    """Seconds as h:mm:ss."""
    return str(timedelta(seconds=round(seconds)))


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
