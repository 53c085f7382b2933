"""Hosts that lack something: what is optional is gone without, what is needed is named."""

import errno
import os
import subprocess
import sys

import pytest

from vnl_core.config import RunConfig
from vnl_core.runs import exit_record, retention
from vnl_core.runs import lock as locks
from vnl_core.runs.directory import RunDir
from vnl_core.runs.metrics import MetricsWriter, size_of
from vnl_core.runs.status import Status, write_status
from vnl_core.runs.table import list_runs
from vnl_core.supervision import launch


def vnl(*words, **variables):
    return subprocess.run(
        [sys.executable, "-m", "vnl_core", *map(str, words)],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
    )


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path):
    (tmp_path / "file").touch()  # even the administrator makes no folder in a file
    done = vnl("train", "ant-smoke", "--runs-dir", tmp_path / "file" / "runs")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "--runs-dir" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cache_that_cannot_be_written_keeps_no_run_from_its_end(toys, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path / "file" / "cache"))
    run = toys.start("finish")
    toys.wait(run, "finished")
    assert [line for line in run.log_tail() if line.startswith("No waiting in line")]


def test_one_run_without_locks_hides_no_other(tmp_path, monkeypatch):
    for name in ("one", "two"):
        run = RunDir.create(tmp_path, RunConfig(name=name))
        write_status(run.status_path, Status(state="running", phase="training"))
        run.lock_path.touch()
    ask = locks._ask

    def refuse(fd, what, path):
        if path.parent.name.startswith("one"):
            raise OSError(errno.ENOLCK, "no locks here")
        return ask(fd, what, path)

    monkeypatch.setattr(locks, "_ask", refuse)
    states = {row.name: row.status for row in list_runs(tmp_path)}
    assert states["two"].state == "lost"
    assert states["one"].state == "stalled"
    assert states["one"].message == "Whether it lives cannot be told: no locks here."


def test_a_disk_that_is_full_at_a_resume_is_told_with_the_remedy(tmp_path, monkeypatch):
    run = RunDir.create(tmp_path, RunConfig())
    write_status(run.status_path, Status(state="stopped", phase="ended"))

    def full(folder):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / ".reserve"))

    monkeypatch.setattr(exit_record, "begin", full)
    with pytest.raises(RuntimeError, match="is full. Delete runs or other files.*then resume it"):
        launch.resume_training(run)


def test_what_killed_processes_left_beside_the_checkpoints_is_swept(tmp_path):
    run = RunDir.create(tmp_path, RunConfig())
    for name in ("000000000100", ".000000000200", ".gone-000000000050", "000000000150.damaged"):
        (run.checkpoints_path / name / "policy").mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (run.checkpoints_path / ".link").symlink_to(outside)
    retention.sweep(run.checkpoints_path)
    left = sorted(path.name for path in run.checkpoints_path.iterdir())
    assert left == [".link", "000000000100", "000000000150.damaged"]
    assert outside.is_dir()


def test_the_size_of_metrics_is_that_of_the_whole_lines(tmp_path):
    path = tmp_path / "metrics.jsonl"
    assert size_of(path) == 0
    writer = MetricsWriter(path)
    writer.write(1, {"a": 1.0})
    whole = writer.size
    with path.open("ab") as file:
        file.write(b'{"step": 2')
    assert size_of(path) == whole


def test_without_a_home_there_is_still_a_cache(tmp_path):
    ask = """
import os, pwd
def unknown(uid): raise KeyError(uid)
pwd.getpwuid = unknown
from vnl_core.cache_folder import cache_folder
print(cache_folder())
"""
    hidden = ("HOME", "VNL_CACHE_DIR", "XDG_CACHE_HOME")
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    told = subprocess.run(
        [sys.executable, "-c", ask],
        capture_output=True,
        text=True,
        check=True,
        env={**clean, "TMPDIR": str(tmp_path)},
    )
    assert told.stdout.strip() == str(tmp_path / f"vnl-{os.getuid()}")
