"""Run directories: ids, listings, deletion."""

import os
import time

import pytest

from vnl_core.config import RunConfig
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.lock import Lock
from vnl_core.runs.status import Status, write_status


@pytest.fixture
def run(tmp_path):
    return RunDir.create(tmp_path, RunConfig(name="ant"))


def test_runs_created_in_the_same_second_get_ids_of_their_own(tmp_path):
    runs = [RunDir.create(tmp_path, RunConfig(name="ant")) for _ in range(5)]
    assert len({run.id for run in runs}) == 5
    assert all(run.id.startswith("ant-20") for run in runs)


def test_config_comes_back_equal(tmp_path):
    config = RunConfig(name="odd.name_1", threads=3)
    assert RunDir.create(tmp_path, config).config() == config


def test_runs_dir_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("VNL_RUNS_DIR", raising=False)
    assert default_runs_dir().name == "runs"
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path))
    assert default_runs_dir() == tmp_path


def test_checkpoints_and_videos_are_listed_by_step_and_half_made_ones_are_not(run):
    for step in (20_000, 0, 3_000):
        (run.checkpoints_path / f"{step:012d}").mkdir()
        (run.media_path / f"{step:012d}.mp4").touch()
        (run.media_path / f"{step:012d}.h5").touch()
    (run.checkpoints_path / ".000000040000-x").mkdir()
    (run.checkpoints_path / "000000040000.orbax-checkpoint-tmp").mkdir()
    (run.media_path / ".000000040000.mp4").touch()
    assert [step for step, _ in run.checkpoints()] == [0, 3_000, 20_000]
    assert [step for step, _ in run.videos()] == [0, 3_000, 20_000]
    assert all(path.suffix == ".mp4" for _, path in run.videos())


def test_find_refuses_to_leave_the_runs_folder(tmp_path, run):
    (tmp_path / "deep").mkdir()
    assert RunDir.find(tmp_path, run.id) == run
    for name in (f"../{run.id}", "..", "/etc", ""):
        with pytest.raises(ValueError, match="no run id"):
            RunDir.find(tmp_path / "deep", name)
    with pytest.raises(FileNotFoundError, match="no run ghost"):
        RunDir.find(tmp_path, "ghost")


def test_a_living_run_is_not_deleted_and_an_ended_one_is(run):
    lock = Lock.take(run.lock_path)
    assert lock
    write_status(run.status_path, Status(state="running", heartbeat=time.time()))
    with pytest.raises(RuntimeError, match="Stop it first"):
        run.delete()
    assert run.config_path.exists()
    lock.release()
    run.delete()
    assert not run.path.exists()
    assert not os.listdir(run.path.parent)


def test_a_folder_that_is_no_run_is_never_deleted(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").touch()
    with pytest.raises(ValueError, match="not a run"):
        RunDir(tmp_path / "thesis").delete()
    assert (tmp_path / "thesis" / "chapter1.tex").exists()


def test_size_and_log_tail(run):
    run.log_path.write_text("".join(f"line {i}\n" for i in range(1000)))
    before = run.size()
    (run.media_path / "x.bin").write_bytes(bytes(5000))
    assert run.size() == before + 5000
    assert run.log_tail(3) == ["line 997", "line 998", "line 999"]
