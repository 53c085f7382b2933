"""Locks between real processes."""

import errno
import subprocess
import sys

import pytest

from vnl_core.runs.lock import Lock, is_held

HOLD = """
import sys, time
from pathlib import Path
from vnl_core.runs.lock import Lock
lock = Lock.take(Path(sys.argv[1]))
print("held" if lock else "refused", flush=True)
time.sleep(60)
"""


def holder(path, **options):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True, **options
    )
    assert child.stdout
    return child, child.stdout.readline().strip()


def test_one_process_holds_it_until_it_is_killed(tmp_path):
    path = tmp_path / "lock"
    assert not is_held(path), "a lock that was never taken"
    first, said = holder(path)
    second, refused = holder(path)
    try:
        assert (said, refused) == ("held", "refused")
        assert is_held(path)
        assert Lock.take(path) is None
        first.kill()
        first.wait()
        assert not is_held(path)
    finally:
        for child in (first, second):
            child.kill()
            child.wait()


def test_looking_takes_nothing(tmp_path):
    path = tmp_path / "lock"
    lock = Lock.take(path)
    assert lock
    lock.release()
    assert not is_held(path)
    again = Lock.take(path)
    assert again
    again.release()


def test_an_heir_keeps_it(tmp_path):
    path = tmp_path / "lock"
    lock = Lock.take(path)
    assert lock
    heir = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fd])
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock.release()
        assert is_held(path)
        heir.kill()
        heir.wait()
        assert not is_held(path), "a child that was not meant to share the lock does"
    finally:
        for child in (heir, stranger):
            child.kill()
            child.wait()


def test_a_file_system_without_locks_is_told_with_the_remedy(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    path = tmp_path / "lock"
    path.touch()
    monkeypatch.setattr("fcntl.fcntl", refuse)
    for look in (Lock.take, is_held):
        with pytest.raises(OSError, match="without locks.*-o flock"):
            look(path)
