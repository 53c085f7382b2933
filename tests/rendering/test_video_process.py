"""The filming process: what it says when it cannot, and that a crash of it is survived."""

import signal

import pytest

from vnl_core.rendering.video_process import VideoProcess


@pytest.fixture
def filmer():
    filmer = VideoProcess()
    yield filmer
    filmer.close()


def test_a_failure_is_told_and_a_crash_ends_that_process_alone(filmer, tmp_path):
    def film(**options):
        return filmer.film(tmp_path / "none.h5", tmp_path / "none.mp4", **options)

    with pytest.raises(RuntimeError, match=r"none.h5|OpenGL"):
        film()
    filmer._process.send_signal(signal.SIGSEGV)
    filmer._process.wait()
    with pytest.raises(RuntimeError, match="ended with code -11"):
        film()
    assert not film(cancelled=lambda: True), "a new process has not started in time to fail"
    with pytest.raises(RuntimeError, match=r"none.h5|OpenGL"):
        film()
