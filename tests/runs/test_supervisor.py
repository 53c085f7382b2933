"""Every state that a run can be in, each brought about by what brings it about in earnest."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from vnl_core.config import RunConfig
from vnl_core.runs import status
from vnl_core.runs.directory import RunDir
from vnl_core.supervision import launch
from vnl_core.supervision.priority import NICENESS
from vnl_core.supervision.supervisor import BUSY, Busy

WORKER = Path(__file__).with_name("toy_worker.py")
# Before the tests put another interpreter in its place.
PYTHON = sys.executable
MEMORY_GROUPS = Path("/sys/fs/cgroup/memory")


def test_created_starting_running_stopping_stopped(toys):
    run = toys.create("run")
    assert run.status().state == "created"
    launch.start_training(run)
    assert run.status().state in ("starting", "running")
    toys.wait(run, "running")
    assert run.status().alive
    child = toys.child(run)
    assert os.getsid(child) == toys.supervisor(run), "no own session"
    assert psutil.Process(child).nice() == min(19, os.nice(0) + NICENESS)
    session = Path(f"/proc/{child}/autogroup")
    if session.exists():  # the session as a whole gives way too
        assert session.read_text().endswith(f"nice {NICENESS}\n")
    assert launch.stop(run)
    toys.wait(run, "stopping")
    ended = toys.wait(run, "stopped")
    assert ended.message == "Stopped by the user."
    assert ended.step == 7
    assert not launch.stop(run)


def test_compiling_and_a_stop_then(toys):
    run = toys.start("compile")
    toys.wait(run, "compiling")
    launch.stop(run)
    toys.wait(run, "stopped")


def test_a_stop_before_the_process_listens_is_not_lost(toys):
    run = toys.start("run")
    assert launch.stop(run)  # Python has not even imported its modules
    toys.wait(run, "stopped")


def test_finished(toys):
    assert toys.wait(toys.start("finish"), "finished").message == ""


def test_failed_says_why(toys):
    run = toys.start("crash")
    assert "SIGABRT" in toys.wait(run, "failed").message
    run = toys.start("fail")
    assert "ended with code 1" in toys.wait(run, "failed").message
    assert any("scene: this cannot be built." in line for line in run.log_tail())


def test_killed_by_another(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    os.kill(toys.child(run), signal.SIGKILL)
    ended = toys.wait(run, "killed")
    assert "another program" in ended.message
    assert ended.step == 7


@pytest.mark.skipif(not os.access(MEMORY_GROUPS, os.W_OK), reason="no memory groups to limit")
def test_killed_for_want_of_memory_is_told_apart(toys):
    group = MEMORY_GROUPS / f"vnl-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "memory.limit_in_bytes").write_text(str(150 << 20))
        run = toys.create("eat")
        # The shell enters the group, and its heirs stay in it.
        start = f'echo $$ > {group}/cgroup.procs && exec "{PYTHON}" "{WORKER}" "{run.path}"'
        done = subprocess.run(["sh", "-c", start], check=False, timeout=60)
        assert done.returncode == 128 + signal.SIGKILL
        ended = run.status()
        assert ended.state == "killed"
        assert "memory ran out" in ended.message
    finally:
        group.rmdir()


def test_disk_full_is_written_down_on_a_full_disk(toys, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        run = RunDir.create(disk, RunConfig(name="fill"))
        done = subprocess.run([PYTHON, str(WORKER), str(run.path)], check=False, timeout=60)
        assert done.returncode == 28
        ended = run.status()
        assert (ended.state, ended.message) == ("disk full", "The disk is full.")
        # A start while it is full is refused and says so too.
        with (run.path / "rest").open("wb", buffering=0) as rest, contextlib.suppress(OSError):
            while True:
                rest.write(b"x" * 512)
        with pytest.raises(RuntimeError, match="is full. Delete runs"):
            launch.resume_training(run)
        assert run.status().state == "disk full"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_stalled_and_running_again(toys, monkeypatch):
    run = toys.start("run")
    toys.wait(run, "running")
    monkeypatch.setattr(status, "STALLED_AFTER", 1.0)
    child = toys.child(run)
    os.kill(child, signal.SIGSTOP)
    assert "has not reported" in toys.wait(run, "stalled").message
    os.kill(child, signal.SIGCONT)
    toys.wait(run, "running")


def test_a_process_that_does_not_heed_is_killed_by_the_second_stop(toys, monkeypatch):
    run = toys.start("deaf")
    toys.wait(run, "running")
    launch.stop(run)
    time.sleep(0.5)
    launch.stop(run)  # too soon: it may be saving
    time.sleep(5.0)
    assert run.status().alive
    launch.stop(run)
    assert "ignored the first stop" in toys.wait(run, "killed").message


def test_lost_when_all_is_killed_and_nobody_left_to_tell(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    supervisor, child = toys.supervisor(run), toys.child(run)
    os.kill(supervisor, signal.SIGKILL)
    psutil.Process(supervisor).wait(5)
    # The work goes on, holds the lock, and can still be stopped.
    assert run.status().state == "running"
    with pytest.raises(Busy):
        launch.resume_training(run)
    os.kill(child, signal.SIGKILL)
    ended = toys.wait(run, "lost")
    assert "Resume" in ended.message
    assert not launch.stop(run)


def test_work_without_its_keeper_is_stopped_all_the_same(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    supervisor = toys.supervisor(run)
    os.kill(supervisor, signal.SIGKILL)
    psutil.Process(supervisor).wait(5)
    assert launch.stop(run)
    toys.wait(run, "stopped")


def test_a_second_start_is_refused_and_harms_nothing(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    before = {p.name: p.stat().st_ino for p in run.path.iterdir() if p.name != "status.json"}
    with pytest.raises(Busy, match="nothing was changed"):
        launch.start_training(run)
    done = subprocess.run(
        [PYTHON, "-m", "vnl_core", "train", "--run-dir", str(run.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == BUSY
    assert "nothing was changed" in done.stderr
    assert run.status().state == "running"
    after = {p.name: p.stat().st_ino for p in run.path.iterdir() if p.name != "status.json"}
    assert after == before


def test_an_ended_run_is_resumed_and_not_started(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    launch.stop(run)
    toys.wait(run, "stopped")
    with pytest.raises(RuntimeError, match="Resume it"):
        launch.start_training(run)
    assert run.status().state == "stopped"
    launch.resume_training(run)
    toys.wait(run, "running")


def test_a_finished_run_is_resumed_only_to_go_further(toys):
    run = toys.start("finish")
    toys.wait(run, "finished")
    with pytest.raises(RuntimeError, match="how many env steps"):
        launch.resume_training(run)
    config = run.config().ppo
    launch.resume_training(run, more_steps=1)
    longer = run.config().ppo
    assert longer.updates_per_eval == config.updates_per_eval
    interval = config.updates_per_eval * config.steps_per_update
    assert longer.total_steps == config.total_steps + interval


def test_runs_wait_in_line_and_begin_in_order(toys, monkeypatch, tmp_path):
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("VNL_PARALLEL_RUNS", "1")
    first = toys.start("run")
    toys.wait(first, "running")
    second = toys.start("run")
    assert toys.wait(second, "queued").ahead == 1
    third = toys.start("run")
    toys.wait(third, "queued")
    toys.until(lambda: third.status().ahead == 2)
    fourth = toys.start("run")
    toys.wait(fourth, "queued")
    assert launch.stop(fourth)
    assert "line" in toys.wait(fourth, "stopped").message
    os.kill(toys.child(first), signal.SIGKILL)
    toys.wait(second, "running")
    toys.until(lambda: third.status().ahead == 1)
    launch.stop(second)
    toys.wait(third, "running")
