"""What a status file claims against what the machine shows."""

import subprocess
import sys
import threading
import time

import psutil
import pytest

from vnl_core.runs.status import Status, process_alive, read_status, write_status


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def running(child, **changes):
    status = Status(
        state="running",
        pid=child.pid,
        create_time=psutil.Process(child.pid).create_time(),
        heartbeat=time.time(),
    )
    return status.model_copy(update=changes)


def test_a_run_is_running_until_its_process_is_killed(tmp_path, sleeper):
    path = tmp_path / "status.json"
    write_status(path, running(sleeper, step=7))
    assert read_status(path).state == "running"
    sleeper.kill()
    # Not reaped yet: a zombie is dead too.
    deadline = time.time() + 5
    while read_status(path).state == "running" and time.time() < deadline:
        time.sleep(0.01)
    status = read_status(path)
    assert status.state == "killed"
    assert status.step == 7
    assert not status.alive


def test_a_reused_pid_is_another_process(sleeper):
    born = psutil.Process(sleeper.pid).create_time()
    assert process_alive(sleeper.pid, born)
    assert not process_alive(sleeper.pid, born - 60)


def test_a_silent_process_is_stalled_and_recovers(tmp_path, sleeper):
    path = tmp_path / "status.json"
    write_status(path, running(sleeper, heartbeat=time.time() - 60))
    assert read_status(path).state == "stalled"
    assert read_status(path).alive
    write_status(path, running(sleeper))
    assert read_status(path).state == "running"


def test_an_ended_run_keeps_its_last_word(tmp_path):
    path = tmp_path / "status.json"
    write_status(path, Status(state="stopped", pid=1, create_time=1.0, heartbeat=1.0))
    assert read_status(path).state == "stopped"


def test_missing_and_broken_files_are_told_apart(tmp_path):
    path = tmp_path / "status.json"
    assert read_status(path).state == "created"
    path.write_text('{"state": "runn')
    assert read_status(path).state == "failed"
    assert "broken" in read_status(path).message


def test_a_reader_never_meets_half_a_status(tmp_path):
    path = tmp_path / "status.json"
    write_status(path, Status(state="finished"))
    done = threading.Event()

    def write():
        for step in range(300):
            write_status(path, Status(state="finished", step=step, message="x" * 5000))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert read_status(path).state == "finished"
    writer.join()
    assert [p.name for p in tmp_path.iterdir()] == ["status.json"]
