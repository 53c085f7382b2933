"""A trajectory as an H.264 video in which a second of film is a second of simulation."""

import os
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from vnl_core.rendering.cameras import FREE
from vnl_core.rendering.overlays import NO_OVERLAYS, Overlays
from vnl_core.rendering.worker import Quality, render
from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory

# faststart puts the index first, so that a browser plays before it has all; a key frame
# every 15 makes seeking exact to the eye.
_FFMPEG_ARGS = "-preset veryfast -g 15 -movflags +faststart"
_CRF = 23


def frame_steps(trajectory: Trajectory, fps: float, speed: float = 1.0) -> np.ndarray:
    """Index of the state that each frame shows, (frames,): the one nearest to its time.

    There are duration × fps / speed frames, so that the film lasts as long as the episode.
    """
    count = max(1, round(trajectory.duration * fps / speed))
    times = np.arange(count) * speed / fps
    steps = np.rint(times / trajectory.control_timestep).astype(int)
    return np.minimum(steps, trajectory.steps)


def write_video(
    scene: Scene,
    trajectory: Trajectory,
    path: Path | str,
    camera: int | str = FREE,
    width: int = 640,
    height: int = 480,
    fps: int = 30,
    speed: float = 1.0,
    overlays: Overlays = NO_OVERLAYS,
    quality: Quality = "fast",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Films a trajectory: H.264, yuv420p, playable in any browser.

    Args:
      scene: the scene the trajectory was made in.
      trajectory: the episode.
      path: the .mp4 to write; it appears whole or not at all.
      camera: index or name; -1 or "free" is the free camera.
      width: in pixels, even.
      height: in pixels, even.
      fps: frames in a second of film.
      speed: simulated seconds in a second of film.
      overlays: what to draw over the scene.
      quality: as of `render`.
      on_progress: called with frames done and frames in all, after each.
      cancelled: asked before each frame; True stops and leaves no file.

    Returns:
      False if it was cancelled.

    Raises:
      ValueError: no such camera, an odd size, or a trajectory of another scene.
      RuntimeError: OpenGL or ffmpeg does not work here.
    """
    # 1.3 s, most of it Matplotlib: not for those who import this module to draw a picture.
    import mediapy

    for name, value in (("width", width), ("height", height)):
        if value % 2:
            raise ValueError(f"{name}: {value} px is odd, which H.264 refuses. Use {value + 1} px.")
    for name, value in (("fps", fps), ("speed", speed)):
        if value <= 0:
            raise ValueError(f"{name}: {value:g} is not above 0. Use a positive number.")
    camera = scene.camera(camera)
    steps = frame_steps(trajectory, fps, speed)
    # The control that led to a state; the first state has none before it.
    before = np.vstack([np.zeros((1, scene.model.nu)), trajectory.ctrl])
    mediapy.set_ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
    path = Path(path)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        with mediapy.VideoWriter(
            aside, (height, width), fps=fps, crf=_CRF, ffmpeg_args=_FFMPEG_ARGS
        ) as writer:
            for done, step in enumerate(steps, 1):
                if cancelled():
                    return False
                pixels = render(
                    scene,
                    trajectory.qpos[step],
                    camera,
                    width,
                    height,
                    overlays,
                    quality,
                    qvel=trajectory.qvel[step],
                    ctrl=before[step],
                )
                writer.add_image(pixels)
                on_progress(done, len(steps))
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return True
