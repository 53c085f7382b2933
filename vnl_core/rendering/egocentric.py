"""What the walker sees: pictures of its egocentric camera along an episode."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from vnl_core.aside import replace_file
from vnl_core.rendering.gl_thread import render
from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory

FRAMES = 32
SIDE = 64  # of one picture, in pixels


def egocentric_camera(scene: Scene) -> int | None:
    """Index of the walker's egocentric camera, or None where it has none."""
    try:
        return scene.camera("egocentric")
    except ValueError:
        return None


def egocentric_pixels(scene: Scene, qpos: np.ndarray, side: int = SIDE) -> np.ndarray:
    """What the walker sees in the pose `qpos` (nq,): RGB values, uint8 (side, side, 3).

    Raises:
      ValueError: the walker has no egocentric camera, or the pose is of another scene.
      RuntimeError: OpenGL does not work here.
    """
    camera = egocentric_camera(scene)
    if camera is None:
        raise ValueError(f"The {scene.config.walker} has no egocentric camera.")
    return render(scene, qpos, camera, side, side)


def egocentric_strip(scene: Scene, trajectory: Trajectory) -> np.ndarray:
    """`FRAMES` pictures from left to right, each of the middle of its share of the episode.

    Returns:
      RGB values, uint8 (SIDE, FRAMES · SIDE, 3).

    Raises:
      As `egocentric_pixels`.
    """
    moments = ((np.arange(FRAMES) + 0.5) / FRAMES * trajectory.steps).astype(int)
    return np.concatenate([egocentric_pixels(scene, trajectory.qpos[m]) for m in moments], axis=1)


def record_egocentric(
    scene: Scene,
    trajectory: Trajectory,
    path: Path,
    side: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> bool:
    """Writes an HDF5 file of what the walker saw before the first control step and after each.

    Args:
      scene: the scene of `trajectory`.
      trajectory: the episode, T control steps.
      path: the file, of the datasets `time` (T + 1,) and `pixels` (T + 1, side, side, 3).
      side: of a picture, in pixels.
      on_progress: called with pictures done and pictures in all, after each.
      cancelled: asked before each picture; True stops and leaves no file.

    Returns:
      False if it was cancelled.

    Raises:
      As `egocentric_pixels`.
    """
    total = len(trajectory.qpos)

    def write(aside: Path) -> bool:
        with h5py.File(aside, "w") as file:
            file.create_dataset("time", data=trajectory.time).attrs["unit"] = "s"
            shape = (side, side, 3)
            # A chunk a picture, so that one is read without the others.
            pixels = file.create_dataset(
                "pixels", (total, *shape), np.uint8, chunks=(1, *shape), compression="gzip"
            )
            pixels.attrs["unit"] = "RGB, 0 to 255"
            for i, qpos in enumerate(trajectory.qpos):
                if cancelled():
                    return False
                pixels[i] = egocentric_pixels(scene, qpos, side)
                on_progress(i + 1, total)
        return True

    return replace_file(path, write)
