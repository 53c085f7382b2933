"""A training process made ahead of its run: what takes seconds to import is there at the start.

It is a supervisor without a run and its child, which imports. Both wait on sockets, the
supervisor for the dashboard and the child for the supervisor, and end when the other end is closed.
"""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from vnl_core.runs.directory import RunDir
from vnl_core.runs.lock import Lock
from vnl_core.supervision.spawn import spawn
from vnl_core.supervision.supervisor import fork, supervise

Work = Callable[[Path], int]
_LONGEST = 65536  # bytes of a path


class Prewarm:
    """The dashboard's end: a process that will train the run it is given.

    It lives in the environment that this process has now.
    """

    def __init__(self):
        """Starts the process.

        Raises:
          OSError: it cannot be started.
        """
        self.environment = dict(os.environ)
        self._socket, theirs = _pair()
        with theirs:
            self.process = spawn("prewarm", stdin=theirs.fileno(), output=subprocess.DEVNULL)

    def is_fit(self) -> bool:
        """Whether it is alive and its environment is what a process started now would have."""
        return self.process.poll() is None and self.environment == dict(os.environ)

    def begin(self, run: RunDir, lock: Lock, log: BinaryIO) -> None:
        """Give it `run`, the run's lock, and the log that it prints to from here on.

        Raises:
          OSError: the process is gone; nothing was changed.
        """
        with self._socket:
            _send(self._socket, run.path, lock.fd, log.fileno())

    def dismiss(self) -> None:
        """Ends it without a run."""
        self._socket.close()


def wait_for_work(prepare: Callable[[], Work]) -> int:
    """Life of the process; its standard input is the socket to hear of a run on.

    Call it in the main thread of a process without other threads, before JAX is imported.

    Args:
      prepare: imports what the work needs, in the child, and returns the work.

    Returns:
      The exit code.
    """
    ours, theirs = _pair()

    def wait_for_run() -> int:
        ours.close()
        work = prepare()
        given = _receive(theirs)
        return work(given[0]) if given else 0

    child = fork(wait_for_run)
    theirs.close()
    with socket.socket(fileno=0) as dashboard:
        given = _receive(dashboard)
    if not given:  # The child may be in the middle of its imports.
        os.kill(child, signal.SIGKILL)
        return 0
    run, lock = RunDir(given[0]), Lock(given[1])

    def begin() -> int:
        try:
            _send(ours, run.path, lock.fd, 1)
            return child
        except OSError:  # It is gone; at least say why in the log.
            return fork(lambda: prepare()(run.path))

    return supervise(run, lock, begin)


def _pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _send(to: socket.socket, path: Path, lock: int, log: int) -> None:
    socket.send_fds(to, [os.fsencode(path.resolve())], [lock, log])


def _receive(end: socket.socket) -> tuple[Path, int] | None:
    """(run's directory, descriptor of its lock) and print to its log; None when all is over."""
    message, fds, *_ = socket.recv_fds(end, _LONGEST, 2)
    if not message:
        return None
    lock, log = fds
    for output in (1, 2):
        os.dup2(log, output)
    os.close(log)
    return Path(os.fsdecode(message)), lock
