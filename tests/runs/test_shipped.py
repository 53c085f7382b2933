"""A new runs directory has the run that comes with the project, an old one keeps its own."""

import pytest

from vnl_core.runs.directory import RunDir
from vnl_core.runs.launch import claim
from vnl_core.runs.shipped import unpack
from vnl_core.runs.table import list_runs


def test_a_new_runs_directory_has_a_finished_run_with_something_to_watch(tmp_path):
    runs_dir = tmp_path / "deep" / "runs"
    assert unpack(runs_dir)
    (row,) = list_runs(runs_dir)
    assert (row.config is not None, row.problem) == (True, "")
    assert row.status.state == "finished"
    assert row.run.checkpoints()
    assert row.run.videos()
    assert [path.name for path in runs_dir.parent.iterdir()] == ["runs"]


def test_who_deletes_it_is_not_given_it_again(tmp_path):
    unpack(tmp_path / "runs")
    for row in list_runs(tmp_path / "runs"):
        RunDir(row.run.path).delete()
    assert not unpack(tmp_path / "runs")
    assert not list_runs(tmp_path / "runs")


def test_it_is_there_to_watch_and_not_to_train_further(tmp_path):
    unpack(tmp_path / "runs")
    run = list_runs(tmp_path / "runs")[0].run
    before = run.config_path.read_bytes()
    with pytest.raises(RuntimeError, match="policies only.*Start a new run"):
        claim(run, resume=True, more_steps=100_000)
    assert (run.config_path.read_bytes(), run.status().state) == (before, "finished")
