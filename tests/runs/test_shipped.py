"""A new runs directory has the run that comes with the project, an old one keeps its own."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from vnl_core.cli import main
from vnl_core.jobs.video import trajectory_of
from vnl_core.runs.directory import RunDir
from vnl_core.runs.shipped import SHIPPED, unpack
from vnl_core.runs.table import list_runs
from vnl_core.supervision.launch import claim


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


@pytest.fixture(params=["absent", "empty", "broken off"])
def fresh(request, tmp_path) -> Path:
    """A runs directory in which nothing was ever kept."""
    runs_dir = tmp_path / "runs"
    if request.param != "absent":
        runs_dir.mkdir()
    if request.param == "broken off":
        (runs_dir / ".shipped.1" / "ant-gaps").mkdir(parents=True)
    return runs_dir


def test_it_is_found_by_name_in_a_new_runs_directory(fresh):
    assert RunDir.find(fresh, "ant-gaps").path == (fresh / "ant-gaps").resolve()
    assert len(RunDir.find(fresh, "ant-gaps").checkpoints()) == 3
    assert trajectory_of("ant-gaps", fresh).is_relative_to(fresh.resolve())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("runs",), 0, "ant-gaps"),
        (("stop", "ant-gaps"), 1, "ant-gaps is not running: it is finished"),
        (("resume", "ant-gaps", "--steps", "9"), 1, "policies only"),
        (("evaluate", "ant-gaps", "--step", "3"), 1, "has checkpoints at 0, 5017600"),
    ],
)
def test_the_shell_knows_it_in_a_new_runs_directory(words, code, said, tmp_path, monkeypatch):
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path / "new" / "runs"))
    done = CliRunner().invoke(main, words)
    assert (done.exit_code, said in done.output) == (code, True), done.output


def test_where_a_new_runs_directory_cannot_be_made_it_is_read_in_place(monkeypatch):
    nowhere = Path("/proc/vnl/runs")  # not even root can write there
    assert RunDir.find(nowhere, "ant-gaps").path == SHIPPED / "ant-gaps"
    assert trajectory_of("ant-gaps", nowhere).is_relative_to(SHIPPED)
    monkeypatch.setenv("VNL_RUNS_DIR", str(nowhere))
    done = CliRunner().invoke(main, ("runs",))
    assert (done.exit_code, "ant-gaps" in done.output) == (0, True), done.output


def test_a_run_that_there_is_not_is_still_refused(fresh):
    with pytest.raises(FileNotFoundError, match="no run ant-hills"):
        RunDir.find(fresh, "ant-hills")
