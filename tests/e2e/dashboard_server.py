"""Starts the dashboard's real server for a test."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def running_server(runs_dir: Path, *options: str) -> Iterator[str]:
    """The dashboard over `runs_dir`, from the working directory on; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = str(ROOT / "app.py")
    command = [sys.executable, "-m", "streamlit", "run", app, f"--server.port={port}"]
    log = (runs_dir / "server.log").open("wb")
    server = subprocess.Popen(
        [*command, "--server.headless=true", *options],
        env={**os.environ, "VNL_RUNS_DIR": str(runs_dir)},
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 90
        while not _answers(address):
            assert server.poll() is None, (runs_dir / "server.log").read_text()
            assert time.monotonic() < deadline, "the server did not start within 90 s"
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/healthz", timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False
