"""Small real processes in the place of a training: each does one thing that can befall it."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from vnl_core.config import RunConfig
from vnl_core.runs.directory import RunDir
from vnl_core.runs.owner import read_owner
from vnl_core.supervision import launch

WORKER = Path(__file__).with_name("toy_worker.py")


class Toys:
    """Starts toy runs as the dashboard starts real ones, and looks at them."""

    def __init__(self, folder: Path):
        self.folder = folder

    def create(self, name: str) -> RunDir:
        return RunDir.create(self.folder, RunConfig(name=name))

    def start(self, name: str) -> RunDir:
        run = self.create(name)
        launch.start_training(run)
        return run

    @staticmethod
    def wait(run: RunDir, *states: str, seconds: float = 20.0):
        """The run's status once its state is one of `states`."""
        deadline = time.monotonic() + seconds
        while (status := run.status()).state not in states:
            assert time.monotonic() < deadline, "\n".join([str(status), *run.log_tail()])
            time.sleep(0.02)
        return status

    @staticmethod
    def supervisor(run: RunDir) -> int:
        """Process id of the supervisor."""
        found = read_owner(run.lock_path)
        assert found
        return found.pid

    @staticmethod
    def child(run: RunDir) -> int:
        """Process id of the work, the supervisor's child."""
        (child,) = psutil.Process(Toys.supervisor(run)).children()
        return child.pid

    @staticmethod
    def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A folder of toy runs; their processes are killed after the test."""
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{WORKER}" ${{5:+"$5"}}\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    folder = tmp_path / "runs"
    yield Toys(folder)
    for process in psutil.process_iter(["cmdline"]):
        if str(folder) in " ".join(process.info["cmdline"] or []):
            os.kill(process.pid, signal.SIGKILL)
