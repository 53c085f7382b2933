"""Episodes as an H.264 video: one, or several at the same moments in a grid."""

import math
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from vnl_core.aside import replace_file
from vnl_core.config.video import VideoConfig
from vnl_core.rendering.gl_thread import render
from vnl_core.rendering.overlays import Overlays
from vnl_core.rendering.titles import with_title
from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory

Episode = tuple[Scene, Trajectory]

# faststart puts the index first, so that a browser plays before it has all; a key frame
# every 15 makes seeking exact to the eye.
_FFMPEG_ARGS = "-preset veryfast -g 15 -movflags +faststart"
_CRF = 23
# A GIF has no compression over time worth the name: half the size and 15 pictures a second.
_GIF_FILTER = (
    "fps=15,scale=trunc(iw/2):-1:flags=lanczos,split[a][b];[a]palettegen[p];[b][p]paletteuse"
)


def frame_steps(trajectory: Trajectory, fps: float, speed: float = 1.0) -> np.ndarray:
    """Index of the state that each frame shows, (frames,): the one nearest to its time.

    There are duration × fps / speed frames, so that the video lasts as long as the episode.
    """
    count = max(1, round(trajectory.duration * fps / speed))
    times = np.arange(count) * speed / fps
    steps = np.rint(times / trajectory.control_timestep).astype(int)
    return np.minimum(steps, trajectory.steps)


def write_video(
    episodes: Sequence[Episode],
    path: Path | str,
    film: VideoConfig,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Films episodes: H.264, yuv420p, playable in any browser.

    Args:
      episodes: one that fills the picture, or several in a grid; who ends early stands still.
      path: the .mp4 to write; it appears whole or not at all.
      film: camera, size, pace and overlays.
      on_progress: called with frames done and frames in all, after each.
      cancelled: asked before each frame; True stops and leaves no file.

    Returns:
      False if it was cancelled.

    Raises:
      ValueError: no such camera, or a trajectory of another scene.
      RuntimeError: OpenGL or ffmpeg does not work here.
    """
    # 1.3 s, most of it Matplotlib: not for those who import this module to draw a picture.
    import mediapy

    cells = [_Cell(scene, trajectory, film, len(episodes)) for scene, trajectory in episodes]
    total = max(len(cell.steps) for cell in cells)
    mediapy.set_ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())

    def write(aside: Path) -> bool:
        with mediapy.VideoWriter(
            aside, (film.height, film.width), fps=film.fps, crf=_CRF, ffmpeg_args=_FFMPEG_ARGS
        ) as writer:
            for frame in range(total):
                if cancelled():
                    return False
                writer.add_image(_grid([cell.picture(frame) for cell in cells], film))
                on_progress(frame + 1, total)
        return True

    return replace_file(Path(path), write)


def write_frames(frames: Sequence[np.ndarray], path: Path, fps: float) -> None:
    """Writes pictures as a video: H.264, playable in any browser.

    Args:
      frames: RGB, uint8 (height, width, 3) each, all of one even size.
      path: the .mp4 to write.
      fps: pictures a second.

    Raises:
      ValueError: no pictures, or not such as above.
      RuntimeError: ffmpeg does not work here.
    """
    import mediapy

    pictures = [np.asarray(frame) for frame in frames]
    if not pictures:
        raise ValueError("frames: there are none. Give at least one picture.")
    shape = pictures[0].shape
    if any(p.shape != shape or p.dtype != np.uint8 for p in pictures) or shape[2:] != (3,):
        raise ValueError(
            "frames: pictures are RGB, uint8 (height, width, 3), all of one size. "
            f"The first is {pictures[0].dtype} {shape}."
        )
    if shape[0] % 2 or shape[1] % 2:
        raise ValueError(
            f"frames: H.264 needs even sides and these are {shape[0]} × {shape[1]} px. "
            "Draw them a pixel larger."
        )
    mediapy.set_ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
    with mediapy.VideoWriter(
        path, shape[:2], fps=fps, crf=_CRF, ffmpeg_args=_FFMPEG_ARGS
    ) as writer:
        for picture in pictures:
            writer.add_image(picture)


class _Cell:
    """One episode's place in the picture."""

    def __init__(self, scene: Scene, trajectory: Trajectory, film: VideoConfig, count: int):
        columns, rows = _shape(count)
        self.scene, self.trajectory, self.film = scene, trajectory, film
        self.camera = scene.camera(film.camera)
        self.width, self.height = film.width // columns, film.height // rows
        self.alone = count == 1
        self.steps = frame_steps(trajectory, film.fps, film.speed)
        self.overlays = Overlays(joints=film.show_joints, contacts=film.show_contacts)
        # The control that led to a state; the first state has none before it.
        self.before = np.vstack([np.zeros((1, scene.model.nu)), trajectory.ctrl])
        self.earned = np.concatenate([[0.0], np.cumsum(trajectory.reward)])

    def picture(self, frame: int) -> np.ndarray:
        step = self.steps[min(frame, len(self.steps) - 1)]
        pixels = render(
            self.scene,
            self.trajectory.qpos[step],
            self.camera,
            self.width,
            self.height,
            self.overlays,
            self.film.quality,
            qvel=self.trajectory.qvel[step],
            ctrl=self.before[step],
        )
        return with_title(pixels, self._title(step)) if self.film.title else pixels

    def _title(self, step: int) -> str:
        episode = self.trajectory
        who = episode.who if self.alone else f"seed {episode.seed}"
        distance = episode.root_position[step, 0] - episode.root_position[0, 0]
        facts = f"{episode.time[step]:.2f} s   {distance:.1f} m   reward {self.earned[step]:.1f}"
        return f"{who}   {facts}"


def _shape(count: int) -> tuple[int, int]:
    """Columns and rows of a grid for `count` cells, as near to a square as can be."""
    columns = math.ceil(math.sqrt(count))
    return columns, math.ceil(count / columns)


def _grid(pictures: list[np.ndarray], film: VideoConfig) -> np.ndarray:
    if len(pictures) == 1:
        return pictures[0]
    columns, _ = _shape(len(pictures))
    whole = np.zeros((film.height, film.width, 3), np.uint8)
    height, width, _ = pictures[0].shape
    for i, picture in enumerate(pictures):
        top, left = i // columns * height, i % columns * width
        whole[top : top + height, left : left + width] = picture
    return whole


def write_gif(video: Path, path: Path) -> None:
    """Makes a GIF of a video, at half its size and 15 pictures a second.

    Raises:
      RuntimeError: ffmpeg cannot do it.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(video)]

    def write(aside: Path) -> None:
        done = subprocess.run(
            [*command, "-filter_complex", _GIF_FILTER, str(aside)], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"No GIF was made: {done.stderr.strip()}")

    replace_file(path, write)
