"""A run's supervisor: a light process that holds its lock, waits in line, outlives its work.

The work is done by a child of it. Whatever ends the child, the supervisor is there to write down
what: a signal, the kernel for lack of memory, a failure before the first import. Should the
supervisor itself be killed, the child goes on and still holds the lock.
"""

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Literal, NoReturn

import psutil

from vnl_core.runs import exit_record
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.lock import Lock
from vnl_core.runs.owner import Owner, owner, read_owner, write_owner
from vnl_core.runs.status import as_written, write_status
from vnl_core.runs.stop_request import StopRequests
from vnl_core.supervision import scheduler
from vnl_core.supervision.child import (
    HEARD,
    NOTICE,
    STOPPED,
    STOPS,
    TICK,
    Attendant,
    explain,
    interrupted,
)
from vnl_core.supervision.oom import oom_kills
from vnl_core.supervision.priority import give_way
from vnl_core.supervision.queue import Ticket, places, queue_folder

# Exit codes: 28 is ENOSPC, 75 EX_TEMPFAIL of sysexits.h.
FINISHED, FAILED, DISK_FULL, BUSY = 0, 1, 28, 75
# In the environment of a process that was born with the lock: its descriptor.
LOCK_VARIABLE = "VNL_RUN_LOCK"


class Busy(RuntimeError):
    """Another process works on the run."""


def supervise(run: RunDir, lock: Lock, begin: Callable[[], int], line: bool = True) -> int:
    """Wait for this run's turn, have a child process do its work, and record how it ended.

    Call it in the main thread of a process without other threads, before JAX is imported.

    Args:
      run: the run to work on.
      lock: its lock, which is let go in the end.
      begin: begins the work in a child of this process, and returns its pid: see `fork`.
      line: whether to wait for other runs on this machine.

    Returns:
      The exit code.

    Raises:
      OSError: the run's directory cannot be written.
      ValueError: $VNL_PARALLEL_RUNS makes no sense.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # received through sigtimedwait only
    try:
        before = read_owner(run.lock_path)
        me = owner(os.getpid(), before.attempt if before else 0)
        write_owner(run.lock_path, me)
        return _work_in_turn(run, begin, me, line)
    except (OSError, ValueError) as error:
        state = "disk full" if exit_record.is_disk_full(error) else "failed"
        exit_record.record(run.path, ExitRecord(state=state, message=f"{error}.", code=FAILED))
        raise
    finally:
        lock.release()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)


def _work_in_turn(run: RunDir, begin: Callable[[], int], me: Owner, line: bool) -> int:
    count = places()
    exit_record.begin(run.path)
    requests = StopRequests(run.path)
    newest = run.checkpoints()[-1:]
    ticket = _draw() if line else None
    try:
        if ticket and (heard := _wait_in_line(run, ticket, count, requests)):
            message = "Stopped while it waited in the line."
            end = ExitRecord(state="stopped", message=message, code=STOPPED)
            return _record(run, end if heard in STOPS else interrupted(progress=True))
        report(run, "starting")
        killed_before = oom_kills()
        attendant = Attendant(
            asked_by_file=requests.new,
            replaced=lambda: me.is_replaced(run.lock_path),
            beat=lambda: _beat(run),
        )
        end = attendant.attend(begin())
        if end.replaced:
            print("Another machine works on this run now; this process ends.", flush=True)
            return BUSY
        written = exit_record.recorded(run.path)
        told = written or explain(end, oom_kills() > killed_before)
        if end.noticed and told.state == "stopped":
            return _record(run, interrupted(run.checkpoints()[-1:] != newest))
        if written is None:
            exit_record.record(run.path, told)
        return end.code if end.code >= 0 else 128 - end.code
    finally:
        if ticket:
            ticket.close()


def _draw() -> Ticket | None:
    """A place in the line; None where there can be none, which the log tells."""
    folder = queue_folder()
    try:
        return Ticket.draw(folder)
    except OSError as error:
        print(
            f"No waiting in line: {folder} cannot be written ({error.strerror}). Other trainings "
            "may run beside this one. VNL_CACHE_DIR names another folder.",
            flush=True,
        )
        return None


def _record(run: RunDir, end: ExitRecord) -> int:
    exit_record.record(run.path, end)
    return end.code


def _beat(run: RunDir) -> None:
    """Show that the run lives, as long as the child, which still imports, does not do so itself."""
    if as_written(run.status_path).pid == os.getpid():
        os.utime(run.status_path, follow_symlinks=False)


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


def _wait_in_line(run: RunDir, ticket: Ticket, count: int, requests: StopRequests) -> int | None:
    """Wait until fewer than `count` runs are ahead; the signal that ended the wait, if any did."""
    told = 0
    while True:
        waiting = max(0, ticket.ahead() - count + 1)
        if not waiting:
            return None
        report(run, "queued", waiting)
        if waiting != told:
            print(f"Waiting in line: {waiting} to go before this one.", flush=True)
            told = waiting
        if heard := signal.sigtimedwait({*STOPS, NOTICE}, TICK):
            return heard.si_signo
        if requests.new():
            return signal.SIGTERM


def _do(work: Callable[[], int]) -> NoReturn:
    """The whole life of the child."""
    # Until the work handles signals itself, the supervisor passes the terminal's Ctrl-C on.
    # A scheduler may send its notice to every process of a job: the supervisor alone heeds it.
    for number in (signal.SIGINT, NOTICE):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    code = FAILED
    try:
        if not scheduler.job():  # a job's share of a machine is its own
            give_way()
        code = work()
    except BaseException:
        traceback.print_exc()
    finally:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # not through what was on the supervisor's stack
