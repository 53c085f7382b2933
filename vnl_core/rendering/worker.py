"""Pictures of a scene, all drawn in the process's one OpenGL thread.

An EGL context belongs to the thread that made it, and OSMesa crashes when threads mix,
while Streamlit runs a page in another thread each time. So one thread creates, uses and
closes every renderer, and `render` may be called from anywhere.
"""

import copy
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import ArrayLike

from vnl_core.rendering.cameras import FREE, follow, free_camera
from vnl_core.rendering.overlays import NO_OVERLAYS, Overlays, size_overlays, vis_option
from vnl_core.scene import Scene

Quality = Literal["fast", "full"]
# Renderers kept warm: making one takes longer than drawing ten pictures with it.
KEPT = 4
MAX_SIDE = 4096


def render(
    scene: Scene,
    qpos: ArrayLike | None = None,
    camera: int | str = FREE,
    width: int = 640,
    height: int = 480,
    overlays: Overlays = NO_OVERLAYS,
    quality: Quality = "fast",
    qvel: ArrayLike | None = None,
    ctrl: ArrayLike | None = None,
) -> np.ndarray:
    """A picture of the scene.

    Args:
      scene: the scene; its model is copied, never changed.
      qpos: pose, (nq,); the start pose if None.
      camera: index or name; -1 or "free" is the free camera, which frames the walker.
      width: of the picture, in pixels.
      height: of the picture, in pixels.
      overlays: what to draw over the scene.
      quality: "fast" leaves out multisampling and draws coarser shadows and round geoms,
        a third to a quarter of the time of "full" on a machine without a GPU.
      qvel: velocities, (nv,), at rest if None; they and `ctrl` matter to contact forces only.
      ctrl: controls, (nu,), zero if None.

    Returns:
      RGB values, uint8 (height, width, 3).

    Raises:
      ValueError: no such camera, or an array or picture of the wrong size.
      RuntimeError: OpenGL does not work here.
    """
    for name, side in (("width", width), ("height", height)):
        if not 1 <= side <= MAX_SIDE:
            raise ValueError(f"{name}: {side} px cannot be drawn. Use 1 to {MAX_SIDE} px.")
    model = scene.model
    index = scene.camera(camera)
    state = (
        _array("qpos", qpos, model.qpos0),
        _array("qvel", qvel, np.zeros(model.nv)),
        _array("ctrl", ctrl, np.zeros(model.nu)),
    )

    def job() -> np.ndarray:
        return _painter(scene, width, height, quality).paint(state, index, overlays)

    return _gl.submit(job).result()


def _array(name: str, value: ArrayLike | None, default: np.ndarray) -> np.ndarray:
    if value is None:
        return default
    array = np.asarray(value, dtype=float)
    if array.shape != default.shape:
        raise ValueError(
            f"{name}: has shape {array.shape}, the scene's is {default.shape}. "
            "Use a trajectory of this scene."
        )
    return array


_gl = ThreadPoolExecutor(1, thread_name_prefix="opengl")
# Thread-local, so that the renderers left at the end of the process are closed
# by their own thread as it ends.
_kept = threading.local()


class _Painter:
    """A renderer with the model's copy it draws from. For the OpenGL thread only."""

    def __init__(self, scene: Scene, width: int, height: int, quality: Quality) -> None:
        # Holding the scene keeps its model's id, the key of the cache, from being reused.
        self.scene = scene
        self.model = copy.copy(scene.model)
        self.data = mujoco.MjData(self.model)
        self.free = free_camera(scene)
        look = self.model.vis
        look.global_.offwidth, look.global_.offheight = width, height
        if quality == "fast":
            look.quality.offsamples = 0
            look.quality.shadowsize = 1024
            look.quality.numslices, look.quality.numstacks = 14, 8
        size_overlays(self.model, scene)
        try:
            self.renderer = mujoco.Renderer(self.model, height, width)
        except Exception as error:
            raise RuntimeError(
                f"OpenGL: no picture can be drawn on this machine ({error}). "
                "`vnl doctor` says what is missing."
            ) from error

    def paint(
        self, state: tuple[np.ndarray, np.ndarray, np.ndarray], camera: int, overlays: Overlays
    ) -> np.ndarray:
        mujoco.mj_resetData(self.model, self.data)
        self.data.qpos[:], self.data.qvel[:], self.data.ctrl[:] = state
        mujoco.mj_forward(self.model, self.data)
        follow(self.free, self.scene, self.data)
        view = self.free if camera == FREE else camera
        self.renderer.update_scene(self.data, view, vis_option(self.scene, overlays))
        return self.renderer.render()


def _painter(scene: Scene, width: int, height: int, quality: Quality) -> _Painter:
    """The painter for this scene and size, from the cache or new."""
    if not hasattr(_kept, "painters"):
        _kept.painters = OrderedDict()
    painters: OrderedDict[tuple, _Painter] = _kept.painters
    key = (id(scene.model), width, height, quality)
    if key not in painters:
        while len(painters) >= KEPT:
            painters.popitem(last=False)[1].renderer.close()
        painters[key] = _Painter(scene, width, height, quality)
    painters.move_to_end(key)
    return painters[key]
