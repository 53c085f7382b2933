"""The line in which runs wait for this machine: first come, first served, without a daemon.

A run draws a ticket, a numbered file that it keeps locked from then on, and may train once
fewer than `places()` tickets of living processes have a smaller number. A process that dies
drops its lock, and with it its place in the line.
"""

import os
from pathlib import Path
from typing import Self
from urllib.parse import quote

from vnl_core.cache_folder import cache_folder
from vnl_core.runs.lock import Lock, is_held
from vnl_core.supervision.scheduler import job


def places() -> int:
    """Runs that may train at once: $VNL_PARALLEL_RUNS, or one, which takes all devices.

    Raises:
      ValueError: the variable is no whole number above zero.
    """
    text = os.environ.get("VNL_PARALLEL_RUNS") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"VNL_PARALLEL_RUNS is {text!r}. Set it to a whole number from 1 up.")
    return int(text)


def queue_folder() -> Path:
    """Where this user's tickets on this machine lie: queue-<machine> in the cache folder.

    One line for all folders of runs, for they share the machine. A scheduler's job has a line of
    its own: it waits for no other job of the same user on the same machine.
    """
    place = os.uname().nodename
    number = job()
    return cache_folder() / (
        f"queue-{place}-job-{quote(number, safe='')}" if number else f"queue-{place}"
    )


class Ticket:
    """A place in the line, held until `close` or the end of the process and its children."""

    def __init__(self, path: Path, lock: Lock):
        self._path = path
        self._lock = lock

    @classmethod
    def draw(cls, folder: Path) -> Self:
        """The last place of the line in `folder`.

        Raises:
          OSError: the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        counter = Lock.take(folder / "counter", wait=True)
        assert counter
        try:
            number = max((int(path.name) for path in _tickets(folder)), default=0) + 1
            path = folder / f"{number:012d}"
            # Locked before it has its name: a ticket that is seen unlocked is dead.
            aside = folder / f".{path.name}"
            lock = Lock.take(aside, wait=True)
            assert lock
            aside.rename(path)
            return cls(path, lock)
        finally:
            counter.release()

    def ahead(self) -> int:
        """How many living runs are ahead; tickets of dead ones are removed."""
        count = 0
        for path in _tickets(self._path.parent):
            if path.name >= self._path.name:
                continue
            if is_held(path):
                count += 1
            else:
                path.unlink(missing_ok=True)
        return count

    def close(self) -> None:
        """Leave the line."""
        self._path.unlink(missing_ok=True)
        self._lock.release()


def _tickets(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.isdecimal()]
