"""Starts training in a process of its own, and stops it."""

import os
import signal
import subprocess
import sys
import time

import psutil

from vnl_core.runs.directory import RunDir
from vnl_core.runs.status import Status, process_alive, write_status

# Seconds until a killed process is given up on.
_PATIENCE = 10.0

# Children that we started and have not reaped; an ended one stays a zombie until polled.
_children: list[subprocess.Popen[bytes]] = []


def start_training(run: RunDir) -> int:
    """Train `run` in the background with the command a person would type; returns its pid.

    The process is in a session of its own: it outlives this one, and a Ctrl-C here does not
    reach it. What it prints goes to the run's log.

    Raises:
        RuntimeError: the run has been started before.
    """
    _reap()
    state = run.status().state
    if state != "created":
        raise RuntimeError(f"Run {run.id} cannot be started: it is {state}. Create a new run.")
    command = [sys.executable, "-m", "vnl_core", "train", "--run-dir", str(run.path)]
    with run.log_path.open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    _children.append(child)
    # Until the process itself reports, so that it can be stopped and is seen to die.
    now = time.time()
    try:
        create_time = psutil.Process(child.pid).create_time()
    except psutil.NoSuchProcess:
        create_time = now
    status = Status(
        state="starting", pid=child.pid, create_time=create_time, started=now, heartbeat=now
    )
    write_status(run.status_path, status)
    return child.pid


def stop(run: RunDir) -> bool:
    """Ask the run's process to save a checkpoint and end; False when there is none.

    Returns at once; the status turns to "stopped" when the process has ended.
    """
    _reap()
    status = run.status()
    if not status.alive or status.pid is None:
        return False
    if not process_alive(status.pid, status.create_time):
        return False
    if status.state == "starting":
        _end_before_it_listens(run, status)
    else:
        os.kill(status.pid, signal.SIGTERM)
    return True


def _end_before_it_listens(run: RunDir, status: Status) -> None:
    """Ends a process that still imports: it hears no signal yet and has nothing to save."""
    assert status.pid is not None
    os.kill(status.pid, signal.SIGKILL)
    deadline = time.monotonic() + _PATIENCE
    while process_alive(status.pid, status.create_time) and time.monotonic() < deadline:
        time.sleep(0.02)
        _reap()
    changes = {"state": "stopped", "phase": "ended", "message": "Stopped before it began."}
    write_status(run.status_path, status.model_copy(update=changes))


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]
