"""The warm worker: requests in, folders of results out, whatever happens to one of them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vnl_core.config import MjxConfig, RolloutConfig, SceneConfig

BASE = RolloutConfig(scene=SceneConfig(corridor_length=8), seconds=0.5, cameras=(), engine="native")
PATIENCE = 120.0


class Worker:
    """A `vnl worker` process on a runs directory of its own."""

    def __init__(self, runs_dir: Path):
        self.folder = runs_dir / "rollouts"
        self.folder.mkdir()
        command = [sys.executable, "-m", "vnl_core", "worker", "--runs-dir", str(runs_dir)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)

    def ask(self, name: str, request: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        (folder / "request.json").write_text(request)
        assert self.process.stdin
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        return folder

    def wait(self, folder: Path, *states: str) -> dict:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                status = json.loads((folder / "status.json").read_text())
            except (OSError, ValueError):
                status = {"state": ""}
            if status["state"] in states:
                return status
            assert self.process.poll() is None, "the worker died"
            time.sleep(0.02)
        raise AssertionError(f"{folder.name} never became {states}")


@pytest.fixture(scope="module")
def worker(tmp_path_factory):
    worker = Worker(tmp_path_factory.mktemp("runs"))
    yield worker
    assert worker.process.stdin
    worker.process.stdin.close()  # the dashboard's end; the worker's too
    assert worker.process.wait(30) == 0


def test_a_request_becomes_results(worker):
    folder = worker.ask("first", BASE.to_json())
    status = worker.wait(folder, "finished", "failed")
    assert status["state"] == "finished"
    assert status["summary"]["seconds"] == pytest.approx(0.5)
    assert {"trajectory.h5", "traces.parquet", "traces.csv"} <= set(os.listdir(folder))


def test_bad_requests_fail_with_their_reason_and_the_worker_lives_on(worker):
    raw = json.loads(BASE.to_json())
    raw["scene"]["gap_length"] = 50
    bad = worker.ask("bad", json.dumps(raw))
    gone = worker.ask(
        "gone", BASE.changed(policy="checkpoint", checkpoint="runs/none/checkpoints/0").to_json()
    )
    rodent = BASE.scene.changed(walker="rodent", mjx=MjxConfig(capsules=False))
    mjx = worker.ask("mjx", BASE.changed(engine="mjx", scene=rodent).to_json())
    good = worker.ask("good", BASE.changed(seed=5).to_json())
    assert "scene.arena.gap_length" in worker.wait(bad, "failed")["message"]
    assert worker.wait(gone, "failed")["message"].startswith("checkpoint: ")
    assert "native engine" in worker.wait(mjx, "failed")["message"]
    worker.wait(good, "finished")


def test_a_cancelled_rollout_stops(worker):
    folder = worker.ask("long", BASE.changed(seconds=600, stop_at_end=False).to_json())
    worker.wait(folder, "simulating")
    (folder / "cancel").touch()
    start = time.monotonic()
    worker.wait(folder, "cancelled")
    assert time.monotonic() - start < 10
    assert not (folder / "trajectory.h5").exists()


def test_a_request_cancelled_in_the_queue_is_never_begun(worker):
    first = worker.ask("ahead", BASE.changed(seconds=5).to_json())
    second = worker.ask("behind", BASE.to_json())
    (second / "cancel").touch()
    worker.wait(first, "finished")
    worker.wait(second, "cancelled")
