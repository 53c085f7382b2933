import sys
import time

import pytest

from vnl_core.runs import exit_record
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.lock import Lock
from vnl_core.runs.status import Status, write_status
from vnl_core.runs.table import list_runs
from vnl_core.supervision import launch


def test_without_runs_the_page_says_how_to_begin(visit):
    assert visit("train").info[0].proto.title == "No run yet"


def test_a_size_sets_all_of_ppo_and_the_fields_can_be_changed(visit):
    at = visit("train", preset="ant-smoke")
    at.selectbox(key="ppo_size").set_value("gpu").run()
    assert at.number_input(key="ppo.num_envs~1").value == 4096
    at.number_input(key="ppo.num_envs~1").set_value(2048).run()
    assert at.selectbox(key="ppo_size~1").value is None
    at.selectbox(key="ppo_size~1").set_value("laptop").run()
    at.button(key="bring_back").click().run()
    assert at.session_state["draft"]["ppo"]["num_envs"] == 2048


def test_an_impossible_training_cannot_be_started(visit):
    at = visit("train", preset="ant-smoke")
    at.number_input(key="ppo.num_envs").set_value(33).run()
    assert "33 environments cannot collect evenly" in at.error[0].value
    assert at.button(key="start_training").disabled


def test_start_creates_the_run_of_the_form_and_launches_it(visit, runs_dir, monkeypatch):
    started = []
    monkeypatch.setattr(launch, "start_training", lambda run: started.append(run) or 1)
    at = visit("train", preset="ant-smoke")
    at.text_input(key="run.name").set_value("mine").run()
    # Typed just before the click, with which it arrives.
    at.number_input(key="task.rewards.alive").set_value(0.25)
    at.button(key="start_training").click().run()
    assert not at.exception
    (row,) = list_runs(runs_dir)
    assert started == [row.run]
    config = row.run.config()
    assert config.name == "mine"
    assert config.task.rewards["alive"].weight == 0.25
    assert at.query_params["run"] == row.run.id


def test_a_start_that_fails_is_explained(visit, monkeypatch):
    def refuse(run):
        raise OSError("no space left")

    monkeypatch.setattr(launch, "start_training", refuse)
    at = visit("train")
    at.button(key="start_training").click().run()
    assert at.error[0].proto.title == "The training was not started"
    assert "no space left" in at.error[0].value


def test_a_finished_run_shows_its_state_and_curves(visit, make_run):
    run = make_run(reward=7.0)
    at = visit("train", run=run.id)
    assert "finished" in at.progress[0].text
    assert "best reward 7.00" in at.progress[0].text
    assert at.button(key="stop_training").disabled


def test_curves_follow_a_file_that_was_cut_back_and_regrew_to_as_many_rows(visit, make_run):
    def last(at) -> float:
        (mean,) = [c for c in at.session_state["figures"][1]["Episode reward"].data if c.name]
        return mean.y[-1]

    run = make_run(reward=7.0)
    at = visit("train", run=run.id)
    assert last(at) == 7.0
    rows = run.metrics_path.read_text()
    run.metrics_path.write_text(
        rows.replace('"eval/episode_reward": 7.0', '"eval/episode_reward": 3.0')
    )
    assert last(at.run()) == 3.0


def test_a_stopped_run_is_resumed_and_a_finished_one_only_continued(visit, make_run, monkeypatch):
    asked = []
    monkeypatch.setattr(launch, "resume_training", lambda run, more: asked.append((run.id, more)))
    run = make_run()
    at = visit("train", run=run.id)
    assert at.button(key="resume_training").disabled
    total = run.config().ppo.total_steps
    at.number_input(key=f"more-{run.id}").set_value(1).run()
    assert f"{total:,}" not in at.button(key="continue_training").label
    at.number_input(key=f"more-{run.id}").set_value(1e12).run()
    assert [e.proto.title for e in at.error] == ["A run cannot be that long"]
    at.number_input(key=f"more-{run.id}").set_value(1).run()
    at.button(key="continue_training").click().run()
    assert asked == [(run.id, 1)]
    exit_record.record(run.path, ExitRecord(state="stopped", message="Stopped by the user."))
    at = visit("train", run=run.id)
    assert any(caption.value == "Stopped by the user." for caption in at.caption)
    assert not at.warning
    at.button(key="resume_training").click().run()
    assert asked[1:] == [(run.id, 0)]


def test_a_resume_that_is_refused_says_why(visit, make_run):
    run = make_run()
    exit_record.record(run.path, ExitRecord(state="killed", message="Killed by another program."))
    lock = Lock.take(run.lock_path)
    assert lock
    at = visit("train", run=run.id)
    assert at.button(key="resume_training").disabled, "somebody works on it"
    lock.release()
    at = visit("train", run=run.id)
    assert at.error[0].proto.title == "Killed"
    lock = Lock.take(run.lock_path)
    assert lock
    at.button(key="resume_training").click().run()
    assert any("Another process works on" in error.value for error in at.error)
    lock.release()


def test_a_run_that_waits_says_behind_how_many(visit, make_run):
    run = make_run()
    status = Status(state="queued", ahead=2, heartbeat=time.time())
    write_status(run.status_path, status)
    lock = Lock.take(run.lock_path)
    assert lock
    at = visit("train", run=run.id)
    assert "queued, 2 to go before it" in at.progress[0].text
    assert not at.button(key="stop_training").disabled
    lock.release()


def test_an_unknown_run_in_the_link_falls_back_to_the_newest(visit, make_run):
    run = make_run()
    at = visit("train", run="gone-1")
    assert "no run “gone-1”" in at.warning[0].value
    assert at.selectbox(key="run_picker").value == run.id


def test_a_lost_run_says_so(visit, make_run):
    run = make_run()
    text = run.status_path.read_text().replace('"finished"', '"running"')
    run.status_path.write_text(text)
    at = visit("train", run=run.id)
    assert at.error[0].proto.title == "Lost"
    assert "left no record" in at.error[0].value


@pytest.mark.parametrize("page", ["design", "rollout", "train", "runs", "watch"])
def test_no_page_imports_jax(visit, make_run, page):
    make_run()
    loaded = set(sys.modules)
    visit(page)
    assert not {"jax", "brax", "flax", "orbax"} & (set(sys.modules) - loaded)


def test_the_next_training_is_prepared_while_none_runs(visit, monkeypatch):
    prepared = []
    monkeypatch.setattr(launch, "prepare", lambda: prepared.append(1))
    visit("design")
    assert not prepared
    visit("train")
    assert prepared
