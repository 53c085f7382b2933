"""What a status file claims against what the machine shows (the rest: test_keeper.py)."""

import os
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import psutil

from vnl_core.runs import exit_record, file_clock
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.lock import Lock
from vnl_core.runs.status import Status, process_alive, read_status, write_status


def test_a_reused_pid_is_another_process():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        born = psutil.Process(child.pid).create_time()
        assert process_alive(child.pid, born)
        assert not process_alive(child.pid, born - 60)
    finally:
        child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not process_alive(child.pid, born), "a zombie lives"
    child.wait()


def test_the_lock_decides_who_lives_whatever_the_file_claims(tmp_path):
    write_status(tmp_path / "status.json", Status(state="running", heartbeat=time.time(), step=3))
    assert read_status(tmp_path).state == "lost"
    lock = Lock.take(tmp_path / "lock")
    assert lock
    assert read_status(tmp_path).state == "running"
    long_ago = time.time() - 60
    os.utime(tmp_path / "status.json", (long_ago, long_ago))
    assert read_status(tmp_path).state == "stalled"
    exit_record.record(tmp_path, ExitRecord(state="finished"))
    assert read_status(tmp_path).state == "stopping"
    lock.release()
    assert read_status(tmp_path).state == "finished"


def test_a_clock_that_differs_from_the_file_servers_makes_nothing_stalled(tmp_path, monkeypatch):
    lock = Lock.take(tmp_path / "lock")
    assert lock
    write_status(tmp_path / "status.json", Status(state="running"))
    for ahead in (-3600.0, 3600.0):
        file_clock._ahead.cache_clear()
        clock = SimpleNamespace(time=lambda a=ahead: time.time() + a, monotonic=time.monotonic)
        monkeypatch.setattr(file_clock, "time", clock)
        assert read_status(tmp_path).state == "running"
        # Kernels stamp files in steps of up to 10 ms.
        assert -0.1 < file_clock.age(tmp_path / "status.json") < 60.0
    file_clock._ahead.cache_clear()
    lock.release()


def test_the_last_process_has_the_last_word(tmp_path):
    write_status(tmp_path / "status.json", Status(state="running", step=3, eta=60.0))
    exit_record.record(tmp_path, ExitRecord(state="disk full", message="No room."))
    status = read_status(tmp_path)
    assert (status.state, status.message, status.step) == ("disk full", "No room.", 3)
    assert (status.phase, status.eta) == ("ended", None)
    exit_record.begin(tmp_path)
    assert exit_record.recorded(tmp_path) is None


def test_an_ended_run_without_a_record_keeps_its_last_word(tmp_path):
    write_status(tmp_path / "status.json", Status(state="stopped", heartbeat=1.0))
    assert read_status(tmp_path).state == "stopped"


def test_missing_and_broken_files_are_told_apart(tmp_path):
    path = tmp_path / "status.json"
    assert read_status(tmp_path).state == "created"
    path.write_text('{"state": "runn')
    assert read_status(tmp_path).state == "failed"
    assert "broken" in read_status(tmp_path).message


def test_a_full_disk_is_known_by_number_and_by_words():
    assert exit_record.is_disk_full(OSError(28, "No space left on device"))
    assert exit_record.is_disk_full(OSError(122, "Disk quota exceeded"))
    assert not exit_record.is_disk_full(OSError(13, "Permission denied"))
    deep = RuntimeError("The checkpoint could not be saved.")
    deep.__cause__ = ValueError("RESOURCE_EXHAUSTED: write failed [No space left on device]")
    assert exit_record.is_disk_full(deep)


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
        assert read_status(tmp_path).state == "finished"
    writer.join()
    assert [p.name for p in tmp_path.iterdir()] == ["status.json"]
