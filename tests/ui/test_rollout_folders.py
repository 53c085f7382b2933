import sys
import time

import pytest

from vnl_core.config import RolloutConfig
from vnl_core.ui.workers import rollouts, worker

# A worker that finishes each rollout at once, dies when it is told to, and compiles the
# rollouts of seed 99 for longer than anybody waits.
WORKER = """
import pathlib, sys, time
for line in sys.stdin:
    folder = pathlib.Path(sys.argv[1]) / "rollouts" / line.strip()
    if (folder / "die").exists():
        sys.exit(1)
    if '"seed": 99' in (folder / "request.json").read_text():
        (folder / "status.json").write_text('{"state": "compiling", "progress": 0.0}')
        time.sleep(1000)
    (folder / "status.json").write_text('{"state": "finished", "progress": 1.0, "message": ""}')
"""


@pytest.fixture
def runs_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path))
    monkeypatch.setattr(
        worker.Worker, "_command", lambda self: [sys.executable, "-c", WORKER, str(tmp_path)]
    )
    yield tmp_path
    rollouts.worker.clear()


def read(rollout_id) -> rollouts.Rollout:
    rollout = rollouts.read(rollout_id)
    assert rollout
    return rollout


def wait(rollout_id, state):
    deadline = time.monotonic() + 20
    while read(rollout_id).state != state:
        assert time.monotonic() < deadline, read(rollout_id)
        time.sleep(0.02)


def test_a_request_reaches_the_worker_and_its_status_comes_back(runs_dir):
    request = RolloutConfig(policy="sine", seed=3)
    first, second = rollouts.submit(request), rollouts.submit(request)
    assert first != second
    for rollout_id in (first, second):
        wait(rollout_id, "finished")
        assert read(rollout_id).request == request
    assert {r.id for r in rollouts.recent()} == {first, second}


def test_a_worker_that_died_is_replaced(runs_dir):
    mine = rollouts.worker(str(runs_dir))
    fatal = runs_dir / "rollouts" / "fatal"
    fatal.mkdir(parents=True)
    (fatal / "die").touch()
    mine.submit("fatal")
    deadline = time.monotonic() + 20
    while mine.works_on("fatal"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    wait(rollouts.submit(RolloutConfig()), "finished")


def test_a_rollout_that_nobody_works_on_is_not_shown_as_running(runs_dir, monkeypatch):
    folder = runs_dir / "rollouts" / "lost"
    folder.mkdir(parents=True)
    (folder / "status.json").write_text('{"state": "simulating", "progress": 0.5}')
    assert read("lost").state == "simulating"  # another process may be at it
    monkeypatch.setattr(worker, "SILENCE", -1.0)
    lost = read("lost")
    assert lost.state == "failed"
    assert "Start it again" in lost.message


def test_cancelling_leaves_the_word_for_the_worker(runs_dir):
    rollout_id = rollouts.submit(RolloutConfig())
    rollouts.cancel(read(rollout_id))
    assert (runs_dir / "rollouts" / rollout_id / "cancel").exists()


def test_a_compilation_is_cancelled_at_once_and_what_waits_behind_it_is_done(runs_dir):
    stuck = rollouts.submit(RolloutConfig(seed=99))
    behind = rollouts.submit(RolloutConfig())
    wait(stuck, "compiling")
    rollouts.cancel(read(stuck))
    assert read(stuck).state == "cancelled"
    wait(behind, "finished")


def test_a_deleted_rollout_is_gone(runs_dir):
    rollout_id = rollouts.submit(RolloutConfig())
    wait(rollout_id, "finished")
    rollouts.delete(read(rollout_id))
    assert rollouts.read(rollout_id) is None
    assert rollouts.recent() == []


def test_an_id_leads_to_no_other_folder(runs_dir):
    (runs_dir / "rollouts").mkdir()
    assert rollouts.read("../..") is None
    assert rollouts.read("") is None
    assert rollouts.read("none") is None
