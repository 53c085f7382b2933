"""A run's folder from somebody else: nothing outside it is read, written or deleted."""

import os
import shutil

import hostile_folders
import pytest
from hostile_folders import BROKEN, EPISODES, SECRET, STEP, UNTRUSTED

from vnl_core.plain_files import NotTrusted
from vnl_core.runs import exit_record
from vnl_core.runs.directory import RunDir
from vnl_core.runs.lock import Lock, is_held
from vnl_core.runs.metrics import MetricsWriter, read_metrics
from vnl_core.runs.shipped import SHIPPED
from vnl_core.runs.table import list_runs
from vnl_core.supervision import launch
from vnl_core.trajectory import Trajectory


@pytest.fixture
def outside(tmp_path):
    return hostile_folders.outside(tmp_path / "outside")


@pytest.fixture
def runs_dir(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", UNTRUSTED)
def test_a_run_with_links_is_listed_with_the_reason_and_never_opened(name, runs_dir, outside):
    hostile_folders.make(name, runs_dir, outside)
    before = hostile_folders.content(outside)
    (row,) = list_runs(runs_dir)
    run = row.run
    assert (run.id, row.status.state, row.config) == (name, "not trusted", None)
    assert "link to another place" in row.problem or "is a pipe" in row.problem
    assert "delete the run" in row.problem
    assert SECRET not in str(row)
    assert SECRET not in "".join(run.log_tail())
    with pytest.raises(RuntimeError, match="not trusted"):
        launch.start_training(run)
    with pytest.raises(RuntimeError, match="not trusted"):
        launch.resume_training(run)
    assert not launch.stop(run)
    assert hostile_folders.content(outside) == before


@pytest.mark.parametrize("name", UNTRUSTED)
def test_deleting_a_run_deletes_the_links_and_nothing_else(name, runs_dir, outside):
    hostile_folders.make(name, runs_dir, outside)
    before = hostile_folders.content(outside)
    with pytest.raises(NotTrusted):
        RunDir.find(runs_dir, name)
    list_runs(runs_dir)[0].run.delete()
    assert list(runs_dir.iterdir()) == []
    assert hostile_folders.content(outside) == before


def test_a_link_deep_in_a_checkpoint_stops_the_resume(runs_dir, outside):
    shutil.copytree(SHIPPED / "ant-gaps", runs_dir / "ant-gaps")
    run = RunDir.find(runs_dir, "ant-gaps")
    hidden = run.checkpoints_path / STEP / "policy" / "d" / "more"
    hidden.symlink_to(outside / "secret")
    with pytest.raises(RuntimeError, match="policy/d/more is a link"):
        launch.resume_training(run)


def test_each_writer_refuses_a_link_by_itself(runs_dir, outside):
    """Should a link come between the look at the folder and the opening of a file."""
    before = hostile_folders.content(outside)
    for name in (".reserve", "lock", "metrics.jsonl"):
        (runs_dir / name).symlink_to(outside / "secret")
    with pytest.raises(NotTrusted):
        exit_record.begin(runs_dir)
    with pytest.raises(NotTrusted):
        Lock.take(runs_dir / "lock")
    assert not is_held(runs_dir / "lock")
    with pytest.raises(NotTrusted):
        MetricsWriter(runs_dir / "metrics.jsonl")
    assert hostile_folders.content(outside) == before


@pytest.mark.parametrize("name", BROKEN)
def test_a_run_with_crafted_files_is_listed(name, runs_dir, outside):
    hostile_folders.make(name, runs_dir, outside)
    (row,) = list_runs(runs_dir)
    if name.startswith("config"):
        assert row.config is None
        assert row.problem.startswith("config.json")
        assert len(row.problem) < 500
    for metrics in read_metrics(row.run.metrics_path):
        assert all(value is None or abs(value) < 1e300 for value in metrics.values())


@pytest.mark.parametrize("name", EPISODES)
def test_an_episode_that_leads_elsewhere_or_lies_is_refused(name, runs_dir, outside):
    run = hostile_folders.make(name, runs_dir, outside)
    if name == "walker":  # an episode of a walker that is not known here is one all the same
        assert Trajectory.load(run / "media" / f"{STEP}.h5").scene.walker == "nobody"
        return
    with pytest.raises((NotTrusted, ValueError), match="not trusted|damaged"):
        Trajectory.load(run / "media" / f"{STEP}.h5")
    if name not in ("no-hdf5", "shape", "length"):
        with pytest.raises(NotTrusted):
            Trajectory.load(run / "media" / f"{STEP}.h5")


def test_a_sound_episode_is_read_through_a_bounded_descriptor(runs_dir):
    before = len(os.listdir("/proc/self/fd"))
    Trajectory.load(SHIPPED / "ant-gaps" / "media" / f"{STEP}.h5")
    assert len(os.listdir("/proc/self/fd")) == before
