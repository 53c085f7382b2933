"""A run's supervisor: a light process that holds its lock, waits in line, outlives its work.

The work is done by a child of it. Whatever ends the child, the supervisor is there to write down
what: a signal, the kernel for lack of memory, a failure before the first import. Should the
supervisor itself be killed, the child goes on and still holds the lock.
"""

import json
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple, NoReturn

import psutil

from vnl_core.plain_files import plain_file, read_plain
from vnl_core.runs import exit_record
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.lock import Lock
from vnl_core.runs.status import as_written, write_status
from vnl_core.supervision.oom import oom_kills
from vnl_core.supervision.priority import give_way
from vnl_core.supervision.queue import Ticket, places, queue_folder

# Exit codes: 28 is ENOSPC, 75 EX_TEMPFAIL of sysexits.h; a shell shows 143 for SIGTERM.
FINISHED, FAILED, DISK_FULL, BUSY, STOPPED = 0, 1, 28, 75, 143
# In the environment of a process that was born with the lock: its descriptor.
LOCK_VARIABLE = "VNL_RUN_LOCK"

# Seconds between two looks at the line, or at the child.
_TICK = 0.5
# A request to stop that is repeated after so many seconds kills.
_PATIENCE = 5.0
# What asks a run to stop.
STOPS = {signal.SIGTERM, signal.SIGINT}
_HEARD = {*STOPS, signal.SIGCHLD}


class Busy(RuntimeError):
    """Another process works on the run."""


def supervise(run: RunDir, lock: Lock, begin: Callable[[], int]) -> int:
    """Wait for this run's turn, have a child process do its work, and record how it ended.

    Call it in the main thread of a process without other threads, before JAX is imported.

    Args:
      run: the run to work on.
      lock: its lock, which is let go in the end.
      begin: begins the work in a child of this process, and returns its pid: see `fork`.

    Returns:
      The exit code.

    Raises:
      OSError: the run's directory cannot be written.
      ValueError: $VNL_PARALLEL_RUNS makes no sense.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)  # received through sigtimedwait only
    try:
        write_owner(run.lock_path, os.getpid())
        end = _work_in_turn(run, begin)
        if exit_record.recorded(run.path) is None:
            exit_record.record(run.path, end)
        return end.code if end.code >= 0 else 128 - end.code
    except (OSError, ValueError) as error:
        state = "disk full" if exit_record.is_disk_full(error) else "failed"
        exit_record.record(run.path, ExitRecord(state=state, message=f"{error}.", code=FAILED))
        raise
    finally:
        lock.release()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)


def _work_in_turn(run: RunDir, begin: Callable[[], int]) -> ExitRecord:
    count = places()
    exit_record.begin(run.path)
    ticket = Ticket.draw(queue_folder())
    try:
        if not _wait_in_line(run, ticket, count):
            message = "Stopped while it waited in the line."
            return ExitRecord(state="stopped", message=message, code=STOPPED)
        killed_before = oom_kills()
        end = _attend(begin())
        return _explain(end, oom_kills() > killed_before)
    finally:
        ticket.close()


def fork(work: Callable[[], int]) -> int:
    """Do `work` in a child process, which it gives its exit code; returns the child's pid.

    Before it ends, the work may record how the run ended.
    """
    child = os.fork()
    if child == 0:
        _do(work)
    return child


def report(run: RunDir, state: Literal["queued", "starting"], ahead: int = 0) -> None:
    """Write that the run waits behind `ahead` others, or starts; its progress stays."""
    now = time.time()
    changes = {
        "state": state,
        "phase": "starting",
        "ahead": ahead,
        "message": "",
        "eta": None,
        "env_steps_per_second": None,
        "pid": os.getpid(),
        "create_time": psutil.Process().create_time(),
        "started": now,
        "heartbeat": now,
    }
    write_status(run.status_path, as_written(run.status_path).model_copy(update=changes))


def inherited_lock() -> Lock | None:
    """The lock that this process was born with, if any; to be asked for once."""
    fd = os.environ.pop(LOCK_VARIABLE, None)
    return Lock(int(fd)) if fd else None


def write_owner(path: Path, pid: int) -> None:
    """Write into the lock's file who keeps the run, for those who want it stopped."""
    owner = {"pid": pid, "create_time": psutil.Process(pid).create_time()}
    with plain_file(path, os.O_WRONLY | os.O_TRUNC) as file:  # in place: the lock stays
        file.write(json.dumps(owner).encode() + b"\n")


def read_owner(path: Path) -> tuple[int | None, float | None]:
    """(pid, start in seconds since 1970) of the supervisor, from its lock's file; else Nones."""
    try:
        owner = json.loads(read_plain(path, 4096))
        return int(owner["pid"]), float(owner["create_time"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None, None


def _wait_in_line(run: RunDir, ticket: Ticket, count: int) -> bool:
    """Wait until fewer than `count` runs are ahead; False when asked to stop meanwhile."""
    told = 0
    while True:
        waiting = max(0, ticket.ahead() - count + 1)
        report(run, "queued" if waiting else "starting", waiting)
        if not waiting:
            return True
        if waiting != told:
            print(f"Waiting in line: {waiting} to go before this one.", flush=True)
            told = waiting
        if signal.sigtimedwait(STOPS, _TICK):
            return False


def _do(work: Callable[[], int]) -> NoReturn:
    """The whole life of the child."""
    # Until the work handles signals itself, the supervisor passes the terminal's Ctrl-C on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
    code = FAILED
    try:
        give_way()
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # not through what was on the supervisor's stack


class _End(NamedTuple):
    code: int
    """The child's exit code; minus the signal's number where a signal ended it."""
    asked: bool
    """Whether it had been asked to stop."""
    forced: bool
    """Whether the supervisor killed it, for it did not."""


def _attend(child: int) -> _End:
    """Wait for the child to end, and pass requests to stop on to it."""
    asked: float | None = None
    forced = False
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return _End(os.waitstatus_to_exitcode(status), asked is not None, forced)
        heard = signal.sigtimedwait(_HEARD, _TICK)
        if heard is None or heard.si_signo not in STOPS:
            continue
        now = time.monotonic()
        if asked is None:
            asked = now
            os.kill(child, signal.SIGTERM)
        elif now - asked > _PATIENCE:
            forced = True
            os.kill(child, signal.SIGKILL)


def _explain(end: _End, out_of_memory: bool) -> ExitRecord:
    """What the child's exit means, where it recorded nothing itself."""
    code = end.code
    if end.forced:
        return ExitRecord(state="killed", message="Killed: it ignored the first stop.", code=code)
    if code == -signal.SIGTERM and end.asked:
        return ExitRecord(state="stopped", message="Stopped before it began.", code=STOPPED)
    if code == -signal.SIGKILL and out_of_memory:
        message = (
            "Killed by the system: memory ran out. Use fewer environments, smaller batches or "
            "smaller networks, or end other programs; then resume it."
        )
        return ExitRecord(state="killed", message=message, code=code)
    if code == -signal.SIGKILL:
        message = "Killed by another program (kill -9). Resume goes on from the last checkpoint."
        return ExitRecord(state="killed", message=message, code=code)
    if code < 0:
        name = signal.Signals(-code).name
        message = f"The process crashed ({name}). The log has the details."
        return ExitRecord(state="failed", message=message, code=code)
    message = f"The process ended with code {code} and without a word. The log has the details."
    return ExitRecord(state="failed", message=message, code=code)
