"""Starting and stopping processes (what they train is tested with the training job)."""

import os
import signal
import time

import pytest

from vnl_core.config import RunConfig
from vnl_core.runs import launch
from vnl_core.runs.directory import RunDir

# Stands in for the interpreter: a process that reports nothing and ends by the signal alone.
FAKE = '#!/bin/sh\necho started "$@"\nexec sleep 60\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    fake = tmp_path / "python"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(fake))
    return RunDir.create(tmp_path / "runs", RunConfig())


def wait_for(condition, seconds=5.0):
    deadline = time.time() + seconds
    while not condition():
        assert time.time() < deadline
        time.sleep(0.02)


def test_a_started_run_is_alive_in_a_session_of_its_own_and_stops(run):
    pid = launch.start_training(run)
    assert run.status().state == "starting"
    assert run.status().pid == pid
    assert os.getsid(pid) == pid
    wait_for(lambda: run.log_tail())
    assert run.log_tail()[0] == f"started -m vnl_core train --run-dir {run.path}"
    with pytest.raises(RuntimeError, match="it is starting"):
        launch.start_training(run)
    assert launch.stop(run)
    wait_for(lambda: not run.status().alive)
    # It had not begun to train, so there was nothing to save.
    assert run.status().state == "stopped"
    assert not launch.stop(run)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stop_never_signals_a_process_that_took_over_the_pid(run):
    pid = launch.start_training(run)
    status = run.status()
    launch.write_status(
        run.status_path, status.model_copy(update={"create_time": status.create_time - 60})
    )
    assert not launch.stop(run)
    os.kill(pid, 0)
    os.kill(pid, signal.SIGKILL)
