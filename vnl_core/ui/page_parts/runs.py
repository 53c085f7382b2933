"""The parts of the Runs page."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from vnl_core.runs.table import RunRow, config_difference, list_runs
from vnl_core.ui import navigation, runs, state
from vnl_core.ui.charts import curves
from vnl_core.ui.charts.plot import plot
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain

_REWARD = "eval/episode_reward"
_NOT_RESUMED = ("created", "finished", "not trusted")


def table(rows: Sequence[RunRow]) -> list[RunRow]:
    """A table of all runs; returns those selected, which stay so when others come and go."""
    ids = [row.run.id for row in rows]
    asked = st.query_params.get("runs", "").split(",")
    before = st.session_state.setdefault("runs", asked)
    selected = [i for i, run_id in enumerate(ids) if run_id in before]
    notes = {row.run.id: row.problem or row.status.message for row in rows}
    event = st.dataframe(
        [
            {
                "run": row.run.id,
                "state": _state(row),
                "best reward": row.status.best_reward,
                "steps": row.status.step,
                "done": row.status.progress,
                "env steps/s": row.status.env_steps_per_second,
                "age": runs.age(row.age),
                "preset": row.config.preset if row.config else "",
                **({"note": notes[row.run.id]} if any(notes.values()) else {}),
            }
            for row in rows
        ],
        hide_index=True,
        height=min(35 * len(rows) + 38, 260),
        # A selection holds row numbers: with other rows it would mean other runs.
        key=f"runs-{hash(tuple(ids))}",
        selection_default={"selection": {"rows": selected}},
        on_select="rerun",
        selection_mode="multi-row",
        # All that is measured fits a window of 1280 px.
        column_config={
            "run": st.column_config.TextColumn(width=245, pinned=True),
            "state": st.column_config.TextColumn(width=90),
            "best reward": st.column_config.NumberColumn(format="%.2f", width=98),
            "steps": st.column_config.NumberColumn(format="localized", width=90),
            "done": st.column_config.ProgressColumn(format="percent", width=90),
            "env steps/s": st.column_config.NumberColumn(format="%.0f", width=98),
            "age": st.column_config.TextColumn(width=65),
        },
        alt="All runs",
    )
    chosen = [rows[i] for i in event["selection"]["rows"]]
    st.session_state["runs"] = [row.run.id for row in chosen]
    state.remember("runs", ",".join(st.session_state["runs"]) or None)
    return chosen


@st.fragment(run_every=3.0)
def follow(runs_dir: Path, shown: Sequence[RunRow]) -> None:
    """Draws the page anew once a run is further than `shown`, comes or goes."""
    if not st.session_state.get("deleting") and _what_shows(list_runs(runs_dir)) != _what_shows(
        shown
    ):
        st.rerun()


def _what_shows(rows: Sequence[RunRow]) -> list[tuple]:
    return [(r.run.id, r.status.state, r.status.ahead, r.status.step, r.problem) for r in rows]


def _state(row: RunRow) -> str:
    mark = "⚠ " if row.status.broken or row.problem else ""
    ahead = f" ({row.status.ahead} before it)" if row.status.state == "queued" else ""
    return f"{mark}{row.status.state}{ahead}"


def notes(chosen: Sequence[RunRow]) -> None:
    """The full messages of the selected runs; other notes are in the table."""
    for row in chosen:
        if row.status.broken or row.problem:
            note = row.problem or row.status.message
            st.error(plain(note), title=plain(f"{row.run.id}: {row.status.state}"))


def actions(chosen: Sequence[RunRow]) -> None:
    """Buttons for the selected runs."""
    alive = [row for row in chosen if row.status.alive]
    ended = [row for row in chosen if not row.status.alive]
    resumable = [
        row for row in ended if row.status.state not in ("created", "finished", "not trusted")
    ]
    with st.container(horizontal=True):
        for name, page, icon in (
            ("Show curves", "train", ":material/show_chart:"),
            ("Watch", "watch", ":material/play_circle:"),
        ):
            if st.button(name, key=f"open-{page}", icon=icon, disabled=len(chosen) != 1):
                st.session_state["run"] = chosen[0].run.id
                navigation.go(page)
        if st.button("Stop", key="stop_runs", icon=":material/stop:", disabled=not alive):
            for row in alive:
                runs.stop(row.run)
        if st.button("Resume", key="resume_runs", icon=":material/resume:", disabled=not resumable):
            for row in resumable:
                runs.resume(row.run)
            st.rerun()
        if st.button("Delete", key="delete_runs", icon=":material/delete:", disabled=not ended):
            st.session_state["deleting"] = True  # a page that is drawn anew closes its dialog
            _confirm_delete(ended)


def _put_off() -> None:
    st.session_state["deleting"] = False


@st.dialog("Delete runs?", on_dismiss=_put_off)
def _confirm_delete(rows: Sequence[RunRow]) -> None:
    megabytes = sum(row.run.size() for row in rows) / 1e6
    st.markdown("\n".join(f"- {plain(row.run.id)}" for row in rows))
    st.markdown(
        f"Their checkpoints, videos and curves ({megabytes:.0f} MB) cannot be brought back."
    )
    if st.button(
        "Delete for good", key="confirm_delete", type="primary", on_click=_delete, args=(rows,)
    ):
        st.rerun()


def _delete(rows: Sequence[RunRow]) -> None:
    _put_off()
    for row in rows:
        try:
            row.run.delete()
        except (OSError, RuntimeError, ValueError) as error:
            st.toast(plain(f"{row.run.id} was not deleted: {error}"), icon=":material/error:")


def compare(chosen: Sequence[RunRow]) -> None:
    """Curves of the selected runs in one chart, and what sets their configs apart."""
    trusted = [row.run for row in chosen if row.status.state != "not trusted"]
    curves_of = {run.id: runs.rows_of(run) for run in trusted}
    names = list(dict.fromkeys(n for rows in curves_of.values() for n in curves.metric_names(rows)))
    if not names:
        st.info("The selected runs have not been evaluated yet.")
        return
    wanted = st.session_state.setdefault("metric", st.query_params.get("metric", _REWARD))
    metric = wanted if wanted in names else names[0]
    with st.sidebar:
        widget(
            st.selectbox,
            "metric_picker",
            metric,
            lambda chosen: st.session_state.update(metric=chosen),
            default=("index", names.index(metric)),
            label="Metric",
            options=names,
        )
    state.remember("metric", metric)
    plot(curves.comparison(curves_of, metric), key="compare", height=340)


def differences(chosen: Sequence[RunRow]) -> None:
    """The fields in which the selected runs' configs differ, a column a run."""
    rows = [row for row in chosen if row.config]
    if len(rows) < 2:
        return
    st.markdown("**Config differences**")
    table: dict[str, dict[str, str]] = {}
    first = rows[0]
    assert first.config
    for other in rows[1:]:
        assert other.config
        for found in config_difference(first.config, other.config):
            line = table.setdefault(found.field, {row.run.id: "same" for row in rows})
            line[first.run.id] = _text(found.a)
            line[other.run.id] = _text(found.b)
    for line in table.values():
        line.update({run: line[first.run.id] for run, text in line.items() if text == "same"})
    if table:
        st.dataframe(
            [{"field": name, **line} for name, line in table.items()],
            hide_index=True,
            alt="Fields in which the configs differ",
        )
    else:
        st.caption("None: these runs have the same config.")


def _text(value: object) -> str:
    return "none" if value is None else str(value)
