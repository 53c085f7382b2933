"""Lowers a training's priority below the dashboard and everything else on the machine."""

import contextlib
import os
import time
from pathlib import Path

# Added to the process's niceness.
NICENESS = 10
# Linux may share the processors between sessions before it does between a session's processes
# (`sched_autogroup` in sched(7)): a process's niceness then counts within its session alone.
_SESSION = Path("/proc/self/autogroup")
_TRIES = 20


def give_way() -> None:
    """Make this process nicer, and its session if nobody else works in it.

    For a supervisor's child: where the supervisor leads the session, the session is the run's own;
    otherwise it is that of the user's terminal, which stays as it is.
    """
    os.nice(NICENESS)
    if os.getsid(0) == os.getppid():
        with contextlib.suppress(OSError):  # not available here, or not permitted
            _make_session_nicer()


def _make_session_nicer() -> None:
    for _ in range(_TRIES):
        try:
            _SESSION.write_text(str(NICENESS))
            return
        except BlockingIOError:  # Linux takes one of them a tenth of a second from all users
            time.sleep(0.1)
