"""What a supervisor does while its child works: it passes on who asks it to stop, and looks on."""

import os
import signal
import time
from collections.abc import Callable
from typing import NamedTuple

from vnl_core.runs.exit_record import ExitRecord

STOPPED, INTERRUPTED = 143, 138  # as a shell shows SIGTERM and SIGUSR1
# Seconds between two looks.
TICK = 0.5
# A request to stop that is repeated after so many seconds kills.
_PATIENCE = 5.0
# What asks a run to stop.
STOPS = {signal.SIGTERM, signal.SIGINT}
# What a scheduler sends when a run's time is nearly up, or its place is wanted.
NOTICE = signal.SIGUSR1
HEARD = {*STOPS, NOTICE, signal.SIGCHLD}


class End(NamedTuple):
    """How the child ended."""

    code: int
    """Its exit code; minus the signal's number where a signal ended it."""
    asked: bool = False
    """Whether it had been asked to stop."""
    noticed: bool = False
    """Whether a scheduler's notice came first."""
    forced: bool = False
    """Whether the supervisor killed it, for it did not stop."""
    replaced: bool = False
    """Whether the supervisor killed it, for the run has gone to another machine."""


class Attendant:
    """Waits for a child to end, and passes requests to stop on to it."""

    def __init__(
        self,
        asked_by_file: Callable[[], bool],
        replaced: Callable[[], bool],
        beat: Callable[[], None],
    ):
        """Keeps what is asked at each tick.

        Args:
          asked_by_file: whether there is a new request to stop in the run's directory.
          replaced: whether another process has the run now.
          beat: shows that the run lives, where the child does not do so yet.
        """
        self._asked_by_file = asked_by_file
        self._replaced = replaced
        self._beat = beat

    def attend(self, child: int) -> End:
        """Returns when the process `child` has ended. The signals `HEARD` must be blocked."""
        asked: float | None = None
        noticed = forced = False
        while True:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                return End(code, asked is not None or noticed, noticed, forced)
            heard = signal.sigtimedwait(HEARD, TICK)
            if self._replaced():
                os.kill(child, signal.SIGKILL)  # at once: it must write nothing more
                os.waitpid(child, 0)
                return End(-signal.SIGKILL, replaced=True)
            self._beat()
            if heard and heard.si_signo == NOTICE:
                noticed = noticed or asked is None
                os.kill(child, signal.SIGTERM)
            elif (heard and heard.si_signo in STOPS) or self._asked_by_file():
                now = time.monotonic()
                if asked is None:
                    asked = now
                    os.kill(child, signal.SIGTERM)
                elif now - asked > _PATIENCE:
                    forced = True
                    os.kill(child, signal.SIGKILL)


def explain(end: End, out_of_memory: bool) -> ExitRecord:
    """What the child's end means, where it recorded nothing itself."""
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


def interrupted(progress: bool) -> ExitRecord:
    """The record of a run that ended at a scheduler's notice.

    Args:
      progress: whether there is a newer checkpoint than when this process began. Without one it
        must not be started again by itself: it would repeat the same for ever.
    """
    if progress:
        message = (
            "Interrupted: its time was up, or its place was wanted. It goes on from its newest "
            "checkpoint when the scheduler starts it again, or when you resume it."
        )
        return ExitRecord(state="interrupted", message=message, code=INTERRUPTED)
    message = (
        "Interrupted before it had made any progress, so that starting it again would only repeat "
        "that. Give it more time, or shorter updates (ppo.num_envs, ppo.unroll_length); then "
        "resume it."
    )
    return ExitRecord(state="failed", message=message, code=1)
