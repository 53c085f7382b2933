"""Runs in a process that was there before them fare as those in one of their own."""

import json
import os
import signal

import psutil
import pytest

from vnl_core.runs.lock import Lock
from vnl_core.supervision import launch


@pytest.fixture
def prepare(toys):
    """Has a process wait, and names it; none is left behind.

    To be called in the test itself: pytest changes the environment between a fixture and it.
    """

    def process() -> psutil.Process:
        launch.prepare()
        assert launch._prewarm
        return psutil.Process(launch._prewarm.process.pid)

    yield process
    if launch._prewarm:
        launch._prewarm.dismiss()
        launch._prewarm = None


def test_it_takes_the_next_run_and_only_that(toys, prepare):
    ready = prepare()
    run, other = toys.start("run"), toys.start("finish")
    toys.wait(run, "running")
    assert toys.supervisor(run) == ready.pid
    assert toys.child(run) in {child.pid for child in ready.children()}
    assert os.getsid(toys.child(run)) == ready.pid, "no own session"
    assert Lock.take(run.lock_path) is None, "a second start could slip in"
    assert launch.stop(run)
    assert toys.wait(run, "stopped").message == "Stopped by the user."
    toys.wait(other, "finished", "queued")
    assert toys.supervisor(other) != ready.pid


def test_what_it_prints_is_in_the_log_of_its_run(toys, prepare):
    prepare()
    run = toys.start("fail")
    assert "ended with code 1" in toys.wait(run, "failed").message
    assert any("scene: this cannot be built." in line for line in run.log_tail())


def test_a_run_that_is_killed_in_it_is_told_as_killed(toys, prepare):
    prepare()
    run = toys.start("run")
    toys.wait(run, "running")
    os.kill(toys.child(run), signal.SIGKILL)
    assert "another program" in toys.wait(run, "killed").message


def test_a_stop_at_once_is_not_lost(toys, prepare):
    prepare()
    run = toys.start("run")
    assert launch.stop(run)
    toys.wait(run, "stopped")


def test_one_that_has_died_is_replaced_by_the_start(toys, prepare):
    ready = prepare()
    ready.kill()
    ready.wait()
    run = toys.start("finish")
    toys.wait(run, "finished")
    assert toys.supervisor(run) != ready.pid


def test_its_child_alone_may_die_too(toys, prepare):
    ready = prepare()
    toys.until(lambda: bool(ready.children()))
    (child,) = ready.children()
    child.kill()
    toys.until(lambda: child.status() == psutil.STATUS_ZOMBIE)
    run = toys.start("run")
    toys.wait(run, "running")
    assert toys.supervisor(run) == ready.pid
    assert launch.stop(run)
    toys.wait(run, "stopped")


def test_it_is_not_used_in_another_environment(toys, prepare, monkeypatch):
    ready = prepare()
    monkeypatch.setenv("VNL_PARALLEL_RUNS", "2")
    run = toys.start("finish")
    toys.wait(run, "finished")
    assert json.loads(run.lock_path.read_text())["pid"] != ready.pid
    toys.until(lambda: not ready.is_running() or ready.status() == psutil.STATUS_ZOMBIE)


def test_it_ends_with_who_wanted_it(toys, prepare):
    ready = prepare()
    toys.until(lambda: bool(ready.children()))
    (child,) = ready.children()
    assert launch._prewarm
    launch._prewarm.dismiss()
    launch._prewarm.process.wait(timeout=20)
    launch._prewarm = None
    toys.until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
