import pytest

from vnl_core.runs import exit_record
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.ui.page_parts import runs as runs_page


def test_without_runs_the_page_says_how_to_begin(visit):
    assert visit("runs").info[0].proto.title == "No runs yet"


def test_the_table_lists_every_run_newest_first(visit, make_run):
    make_run("first", reward=2.0)
    make_run("second", reward=5.0)
    table = visit("runs").dataframe[0].value
    assert [name.split("-")[0] for name in table["run"]] == ["second", "first"]
    assert list(table["best reward"]) == [5.0, 2.0]


def test_a_broken_run_does_not_hide_the_others(visit, make_run, runs_dir):
    make_run("good")
    bad = make_run("bad")
    bad.config_path.write_text("{")
    (runs_dir / "notes").mkdir()
    table = visit("runs").dataframe[0].value
    assert len(table) == 2
    assert "config.json is broken" in " ".join(table["note"])


def test_a_bad_end_is_marked_and_told(make_run):
    from streamlit.testing.v1 import AppTest

    run = make_run("broken")
    exit_record.record(
        run.path, ExitRecord(state="disk full", message="The disk is full. Delete runs.")
    )
    at = AppTest.from_function(page, args=([run.id],), default_timeout=30).run()
    assert at.error[0].proto.title == f"{run.id}: disk full"
    assert "Delete runs." in at.error[0].value
    assert not at.button(key="resume_runs").disabled


def select(at, rows):
    """As the browser does it; AppTest cannot."""
    key = hash(tuple(at.dataframe[0].value["run"]))
    at.session_state[f"runs-{key}"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return at.run()


def test_the_selection_stays_with_its_runs_when_others_come_and_go(visit, make_run):
    a, b = make_run("a"), make_run("b")
    at = select(visit("runs"), [1])
    assert at.session_state["runs"] == [a.id]
    make_run("c")  # above the others
    at.run()
    assert not at.button(key="open-watch").disabled
    b.delete()
    assert at.run().session_state["runs"] == [a.id]


@pytest.mark.parametrize("button", ["open-train", "open-watch", "delete_runs"])
def test_a_run_that_another_tab_deletes_takes_nothing_along(visit, make_run, button):
    gone, _ = make_run("a"), make_run("b")
    at = select(visit("runs"), [1])
    assert not at.button(key=button).disabled
    gone.delete()
    at.button(key=button).click().run()
    assert not at.exception
    assert at.button(key=button).disabled


def page(ids):
    """The lower half of the page, for these runs."""
    import streamlit as st

    from vnl_core.runs.directory import default_runs_dir
    from vnl_core.runs.table import list_runs
    from vnl_core.ui.page_parts import runs as runs_page

    rows = [row for row in list_runs(default_runs_dir()) if row.run.id in ids]
    runs_page.actions(rows)
    runs_page.notes(rows)
    runs_page.compare(rows)
    runs_page.differences(rows)
    st.caption("end")


def test_configs_are_compared_field_by_field(make_run):
    from streamlit.testing.v1 import AppTest

    runs = [make_run("a"), make_run("b", gap_length=0.5), make_run("c", terrain_seed=9)]
    at = AppTest.from_function(page, args=([r.id for r in runs],), default_timeout=30).run()
    assert not at.exception
    table = at.dataframe[0].value.set_index("field")
    assert table.loc["scene.arena.gap_length", runs[1].id] == "0.5"
    assert table.loc["scene.arena.gap_length", runs[0].id] == "0.05 to 0.2"
    assert table.loc["scene.arena.gap_length", runs[2].id] == "0.05 to 0.2"
    assert table.loc["scene.terrain_seed", runs[2].id] == "9"


def test_delete_asks_first_and_then_removes(make_run, runs_dir):
    from streamlit.testing.v1 import AppTest

    run = make_run("old")
    at = AppTest.from_function(page, args=([run.id],), default_timeout=30).run()
    at.button(key="delete_runs").click().run()
    assert run.exists()
    at.button(key="confirm_delete").click().run()
    assert not run.exists()


def test_spans_are_written_as_people_write_them():
    from vnl_core.config import Uniform

    assert runs_page._text(Uniform(low=0.1, high=0.2)) == "0.1 to 0.2"
    assert runs_page._text(None) == "none"


def test_what_is_measured_comes_before_the_notes(visit, make_run):
    bad = make_run("bad")
    bad.config_path.write_text("{")
    columns = list(visit("runs").dataframe[0].value.columns)
    assert columns[-1] == "note"
    assert columns[:4] == ["run", "state", "best reward", "steps"]


def test_the_address_brings_selection_and_metric_back(visit, make_run):
    a, b = make_run("a"), make_run("b")
    metric = "eval/episode_reward"
    at = visit("runs", runs=f"{a.id},{b.id}", metric=metric)
    assert at.session_state["runs"] == [b.id, a.id]
    assert at.selectbox(key="metric_picker").value == metric
    assert set("".join(at.query_params["runs"]).split(",")) == {a.id, b.id}
    assert "".join(at.query_params["metric"]) == metric


def test_a_run_that_waits_is_not_promised_a_checkpoint(make_run, monkeypatch):
    from streamlit.testing.v1 import AppTest

    from vnl_core.runs.directory import RunDir
    from vnl_core.runs.status import Status
    from vnl_core.supervision import launch

    def script(path):
        from pathlib import Path

        from vnl_core.runs.directory import RunDir
        from vnl_core.ui import runs

        runs.stop(RunDir(Path(path)))

    run = make_run("waits")
    monkeypatch.setattr(launch, "stop", lambda run: True)
    waits, trains = Status(state="queued"), Status(state="running")
    for status, said in ((waits, "nothing is saved"), (trains, "a last checkpoint")):
        monkeypatch.setattr(RunDir, "status", lambda self, status=status: status)
        at = AppTest.from_function(script, args=(str(run.path),)).run()
        assert said in at.toast[0].value
    monkeypatch.setattr(launch, "stop", lambda run: False)
    at = AppTest.from_function(script, args=(str(run.path),)).run()
    assert "was not stopped" in at.toast[0].value
