"""Starts the process of a supervisor."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import IO, Any

from vnl_core.supervision.child import STOPS


def spawn(
    *words: str,
    stdin: int | IO[Any],
    output: int | IO[Any],
    pass_fds: tuple[int, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """`vnl words…` in a session of its own: it outlives this process, and Ctrl-C does not reach it.

    Args:
      words: the verb and its arguments.
      stdin: what it reads.
      output: what it prints to.
      pass_fds: descriptors that it inherits.
      variables: added to its environment.

    Raises:
      OSError: it cannot be started.
    """
    # The child inherits what this thread blocks: a stop that comes while it still imports waits
    # until its supervisor listens.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "vnl_core", *words],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(variables or {})},
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
