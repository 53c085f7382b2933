"""What `vnl train --run-dir` is to a training, for one toy: the run's name says what it does."""

import os
import signal
import sys
import time
from functools import partial
from pathlib import Path

import psutil

from vnl_core.runs import exit_record
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.retention import STATE
from vnl_core.runs.status import State, Status, write_status
from vnl_core.supervision.child import STOPPED
from vnl_core.supervision.launch import claim
from vnl_core.supervision.prewarm import wait_for_work
from vnl_core.supervision.supervisor import (
    DISK_FULL,
    FINISHED,
    fork,
    inherited_lock,
    supervise,
)


def report(run: RunDir, state: State = "running", seconds=60.0, ended=lambda: False):
    """Report as a training does."""
    me = psutil.Process()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not ended():
        status = Status(state=state, step=7, heartbeat=time.time(), pid=me.pid)
        born = me.create_time()
        write_status(run.status_path, status.model_copy(update={"create_time": born}))
        time.sleep(0.05)


def work(path):
    run = RunDir(path)
    toy = run.id.split("-")[0]
    beat = partial(report, run)
    stops = []
    if toy != "deaf":
        signal.signal(signal.SIGTERM, lambda *_: stops.append(1))
    else:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if toy == "compile":
        beat("compiling", ended=lambda: bool(stops))
    elif toy in ("run", "deaf"):
        beat(ended=lambda: bool(stops))
    elif toy == "save":
        beat(ended=lambda: bool(stops))
        (run.checkpoints_path / f"{len(run.checkpoints()) + 1:012d}" / STATE).mkdir(parents=True)
    elif toy == "import":
        while not stops:
            time.sleep(0.05)
    elif toy == "finish":
        beat(seconds=0.1)
        exit_record.record(run.path, ExitRecord(state="finished", code=FINISHED))
        return FINISHED
    elif toy == "crash":
        os.abort()
    elif toy == "fail":
        raise ValueError("scene: this cannot be built.")
    elif toy == "eat":
        beat(seconds=0.2)
        hoard = []
        while True:
            hoard.append(bytearray(os.urandom(1 << 20)))
    elif toy == "fill":
        beat(seconds=0.2)
        try:
            with run.metrics_path.open("ab") as file:
                while True:
                    file.write(b"x" * 4096)
                    file.flush()
        except OSError as error:
            if not exit_record.is_disk_full(error):
                raise
            message = "The disk is full."
            exit_record.record(
                run.path, ExitRecord(state="disk full", message=message, code=DISK_FULL)
            )
            return DISK_FULL
    beat("stopping", seconds=0.5)
    exit_record.record(
        run.path, ExitRecord(state="stopped", message="Stopped by the user.", code=STOPPED)
    )
    return STOPPED


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(wait_for_work(lambda: work))
    chosen = RunDir(Path(sys.argv[1]))
    lock = inherited_lock() or claim(chosen)
    sys.exit(supervise(chosen, lock, lambda: fork(lambda: work(chosen.path))))
