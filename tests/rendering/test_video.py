import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from vnl_core.rendering.video import frame_steps, write_video

SIZE: dict[str, Any] = {"width": 160, "height": 120}


@pytest.fixture(scope="module")
def video(scene, fall, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("video") / "fall.mp4"
    assert write_video(scene, fall, path, camera=0, fps=30, **SIZE)
    return path


def frames(path: Path) -> np.ndarray:
    """Every frame, (n, height, width, 3), as ffmpeg decodes them."""
    reader = imageio_ffmpeg.read_frames(str(path))
    width, height = next(reader)["size"]
    shape = (height, width, 3)
    return np.stack([np.frombuffer(frame, np.uint8).reshape(shape) for frame in reader])


def test_a_second_of_film_is_a_second_of_simulation(video):
    count, seconds = imageio_ffmpeg.count_frames_and_secs(str(video))
    assert count == 30
    assert seconds == pytest.approx(1.0, abs=0.05)


def test_the_film_shows_the_fall(video):
    shown = frames(video).astype(int)
    assert shown.shape == (30, 120, 160, 3)
    assert all(frame.std() > 20 for frame in shown)
    assert np.abs(shown[-1] - shown[0]).mean() > 1


def test_a_browser_can_play_it_before_it_has_all_of_it(video):
    content = video.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    told = subprocess.run([ffmpeg, "-i", str(video)], capture_output=True, text=True).stderr
    assert re.search(r"Video: h264 .*yuv420p.*160x120", told)


def test_slow_motion_and_frame_rates_keep_to_the_clock(fall):
    assert len(frame_steps(fall, fps=25)) == 25
    slow = frame_steps(fall, fps=25, speed=0.5)
    assert len(slow) == 50
    assert list(slow[:4]) == [0, 2, 4, 6]
    assert frame_steps(fall, fps=120).max() <= fall.steps


def test_a_cancelled_film_leaves_no_file(scene, fall, tmp_path):
    seen = []
    finished = write_video(
        scene,
        fall,
        tmp_path / "a.mp4",
        on_progress=lambda done, total: seen.append((done, total)),
        cancelled=lambda: len(seen) >= 3,
        **SIZE,
    )
    assert not finished
    assert seen == [(1, 30), (2, 30), (3, 30)]
    assert list(tmp_path.iterdir()) == []


def test_wrong_sizes_are_refused(scene, fall, tmp_path):
    with pytest.raises(ValueError, match="width: 161 px is odd"):
        write_video(scene, fall, tmp_path / "a.mp4", width=161, height=120)
    with pytest.raises(ValueError, match="speed: 0 is not above 0"):
        write_video(scene, fall, tmp_path / "a.mp4", speed=0, **SIZE)
