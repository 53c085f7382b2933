import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image, ImageSequence
from pydantic import ValidationError

from vnl_core.config import VideoConfig, problems
from vnl_core.rendering.video import frame_steps, write_gif, write_video

SIZE: dict[str, Any] = {"width": 160, "height": 120}


@pytest.fixture(scope="module")
def video(scene, fall, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("video") / "fall.mp4"
    assert write_video([(scene, fall)], path, VideoConfig(**SIZE))
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
        [(scene, fall)],
        tmp_path / "a.mp4",
        VideoConfig(**SIZE),
        on_progress=lambda done, total: seen.append((done, total)),
        cancelled=lambda: len(seen) >= 3,
    )
    assert not finished
    assert seen == [(1, 30), (2, 30), (3, 30)]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("width", 161), ("height", 2000), ("speed", 0)])
def test_impossible_films_are_refused(name, value):
    with pytest.raises(ValidationError) as refused:
        VideoConfig(**{name: value})
    assert problems(refused.value)[0].field == name


def test_the_title_darkens_the_top_alone(scene, fall, tmp_path, video):
    assert write_video([(scene, fall)], tmp_path / "a.mp4", VideoConfig(**SIZE, title=True))
    plain, titled = frames(video)[10].astype(int), frames(tmp_path / "a.mp4")[10].astype(int)
    assert plain[:12].mean() - titled[:12].mean() > 20
    assert titled[:14].max() > 200  # the letters
    assert np.abs(plain[30:] - titled[30:]).mean() < 5


def test_a_grid_shows_every_episode_and_waits_for_the_longest(scene, fall, tmp_path):
    short = type(fall)(**{**vars(fall), **{n: getattr(fall, n)[:21] for n in ("time", "qpos")}})
    short.ctrl, short.reward = fall.ctrl[:20], fall.reward[:20]
    path = tmp_path / "grid.mp4"
    assert write_video([(scene, fall), (scene, short), (scene, fall)], path, VideoConfig(**SIZE))
    shown = frames(path).astype(int)
    assert shown.shape == (30, 120, 160, 3)
    first, second, third = shown[:, :60, :80], shown[:, :60, 80:], shown[:, 60:, :80]
    assert shown[:, 60:, 80:].max() < 40  # an empty place
    assert np.abs(first[25] - third[25]).mean() < 6
    assert np.abs(first[29] - first[8]).mean() > 2 * np.abs(second[29] - second[8]).mean()


def test_a_gif_is_half_the_size(video, tmp_path):
    write_gif(video, tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.size == (80, 60)
        assert len(list(ImageSequence.Iterator(gif))) == 15
