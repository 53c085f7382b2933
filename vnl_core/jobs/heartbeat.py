"""A job's heartbeat: its status file, rewritten every second, and its signal handling."""

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import psutil

from vnl_core.runs.status import Status, write_status

log = logging.getLogger(__name__)

HEARTBEAT = 1.0  # seconds
# Seconds that the job's main thread gets to stop by itself.
GRACE = 0.5


class Heartbeat:
    """Keeps status.json up to date and handles SIGTERM and SIGINT, in a thread of its own.

    Python runs signal handlers in the main thread only, which a compilation may block for
    minutes; the wake-up descriptor is written to at once, whatever the main thread does.
    Use as a context manager, in the main thread.
    """

    def __init__(self, path: Path, total_steps: int, on_overdue: Callable[[], None]):
        """Prepares the thread; it runs within a `with` block.

        Args:
          path: the status.json to keep.
          total_steps: env steps at which the training ends.
          on_overdue: called in the thread when the job has been asked to stop and `GRACE` seconds
            later still runs: its main thread is in a long computation or in a compilation.
        """
        self._path = path
        self._on_overdue = on_overdue
        self._asked: float | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._stopping = threading.Event()
        self.status = Status(
            total_steps=total_steps,
            pid=os.getpid(),
            create_time=psutil.Process().create_time(),
            started=time.time(),
        )
        self.update()

    def __enter__(self) -> Self:
        self._ear, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        os.write(self._mouth, b"\0")
        self._thread.join()
        signal.set_wakeup_fd(-1)
        os.close(self._mouth)
        os.close(self._ear)

    def stopping(self) -> bool:
        """Whether a signal has asked the job to end."""
        return self._stopping.is_set()

    def update(self, **changes: Any) -> None:
        """Change fields of the status, and write it; the state follows from the phase."""
        with self._lock:
            phase = changes.get("phase", self.status.phase)
            busy = phase if phase in ("starting", "compiling") else "running"
            now: dict[str, Any] = {"heartbeat": time.time()}
            if phase != "ended":
                now["state"] = "stopping" if self.stopping() else busy
            self.status = self.status.model_copy(update=now | changes)
            try:
                write_status(self._path, self.status)
            except OSError as error:  # A full disk alone must not end the training.
                log.error("status.json could not be written: %s", error)

    def _beat(self) -> None:
        while True:
            wait = HEARTBEAT if self._asked is None else min(HEARTBEAT, GRACE / 4)
            heard, _, _ = select.select([self._ear], [], [], wait)
            if self._ended.is_set():
                return
            if heard:
                os.read(self._ear, 64)
                if self._asked is None:
                    self._asked = time.monotonic()
                    self._stopping.set()
                    log.info("Asked to stop.")
            elif self._asked is not None and time.monotonic() > self._asked + GRACE:
                self._on_overdue()
            self.update()
