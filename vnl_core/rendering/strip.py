"""What the walker sees: small pictures of its egocentric camera side by side along time."""

import numpy as np

from vnl_core.rendering.worker import render
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


def egocentric_strip(scene: Scene, trajectory: Trajectory) -> np.ndarray:
    """`FRAMES` pictures from left to right, each of the middle of its share of the episode.

    Returns:
      RGB values, uint8 (SIDE, FRAMES · SIDE, 3).

    Raises:
      ValueError: the walker has no egocentric camera, or the trajectory is of another scene.
      RuntimeError: OpenGL does not work here.
    """
    camera = egocentric_camera(scene)
    if camera is None:
        raise ValueError(f"The {scene.config.walker} has no egocentric camera.")
    moments = ((np.arange(FRAMES) + 0.5) / FRAMES * trajectory.steps).astype(int)
    pictures = [render(scene, trajectory.qpos[moment], camera, SIDE, SIDE) for moment in moments]
    return np.concatenate(pictures, axis=1)
