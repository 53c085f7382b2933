"""Pictures of a scene, all drawn in the process's one OpenGL thread.

An EGL context belongs to the thread that made it, and OSMesa crashes when threads mix,
while Streamlit runs a page in another thread each time. So one thread creates, uses and
closes everything of OpenGL's, and `render` may be called from anywhere.
"""

import copy
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import mujoco
import numpy as np
from numpy.typing import ArrayLike

from vnl_core.config.video import Quality
from vnl_core.rendering.cameras import Cameras
from vnl_core.rendering.overlays import NO_OVERLAYS, Overlays, size_overlays, vis_option
from vnl_core.scene import CLOSE_UP, Scene

State = tuple[np.ndarray, np.ndarray, np.ndarray]  # qpos (nq,), qvel (nv,), ctrl (nu,)
# Painters kept warm: making one takes longer than drawing ten pictures with it, and a grid
# of episodes may need one for each.
KEPT = 16
MAX_SIDE = 4096


def render(
    scene: Scene,
    qpos: ArrayLike | None = None,
    camera: int | str = CLOSE_UP,
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
      camera: index or name; -1 or "free" is MuJoCo's own free camera, which sees the whole
        corridor, -2 or "close-up" stands beside the walker.
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
        _array("qpos", qpos, scene.qpos),
        _array("qvel", qvel, np.zeros(model.nv)),
        _array("ctrl", ctrl, np.zeros(model.nu)),
    )

    def job() -> np.ndarray:
        return _studio().painter(scene, width, height, quality).paint(state, index, overlays)

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


class _Painter:
    """Draws one scene at one size and quality, from its own copy of the model."""

    def __init__(self, scene: Scene, width: int, height: int, quality: Quality) -> None:
        # Holding the scene keeps its model's id, the key of the cache, from being reused.
        self.scene = scene
        self.model = copy.copy(scene.model)
        look = self.model.vis
        look.global_.offwidth, look.global_.offheight = width, height
        if quality == "fast":
            look.quality.offsamples = 0
            look.quality.shadowsize = 1024
            look.quality.numslices, look.quality.numstacks = 14, 8
        size_overlays(self.model, scene)
        self.data = mujoco.MjData(self.model)
        self.cameras = Cameras(scene)
        self.drawn = mujoco.MjvScene(self.model, maxgeom=10_000)
        self.buffers = mujoco.MjrContext(self.model, mujoco.mjtFontScale.mjFONTSCALE_150)
        self.area = mujoco.MjrRect(0, 0, width, height)

    def paint(self, state: State, camera: int, overlays: Overlays) -> np.ndarray:
        model, data = self.model, self.data
        mujoco.mj_resetData(model, data)
        data.qpos[:], data.qvel[:], data.ctrl[:] = state
        mujoco.mj_forward(model, data)
        seen_from = self.cameras.aim(camera, data)
        option = vis_option(self.scene, overlays, camera)
        everything = mujoco.mjtCatBit.mjCAT_ALL
        mujoco.mjv_updateScene(model, data, option, None, seen_from, everything, self.drawn)
        # Another painter's buffer was bound by its last picture.
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self.buffers)
        mujoco.mjr_render(self.area, self.drawn, self.buffers)
        pixels = np.empty((self.area.height, self.area.width, 3), np.uint8)
        mujoco.mjr_readPixels(pixels, None, self.area, self.buffers)
        return np.flipud(pixels)  # OpenGL's first row is the lowest

    def close(self) -> None:
        self.buffers.free()


class _Studio:
    """One OpenGL context, and the painters that share it.

    One context for all: freeing a painter deletes OpenGL objects by number in whichever
    context is current, so with a context each it would delete those of another.
    """

    def __init__(self) -> None:
        # Painters draw into buffers of their own; the context's is never seen.
        self.context = mujoco.GLContext(16, 16)
        self.context.make_current()
        # A context that is none, as GLFW's without a display, shows here.
        empty = mujoco.MjModel.from_xml_string("<mujoco/>")
        mujoco.MjrContext(empty, mujoco.mjtFontScale.mjFONTSCALE_100).free()
        self.painters: OrderedDict[tuple, _Painter] = OrderedDict()

    def painter(self, scene: Scene, width: int, height: int, quality: Quality) -> _Painter:
        """The painter for this scene, size and quality, kept or new."""
        key = (id(scene.model), width, height, quality)
        if key not in self.painters:
            while len(self.painters) >= KEPT:
                self.painters.popitem(last=False)[1].close()
            self.painters[key] = _Painter(scene, width, height, quality)
        self.painters.move_to_end(key)
        return self.painters[key]

    def __del__(self) -> None:
        for painter in getattr(self, "painters", {}).values():
            painter.close()
        if hasattr(self, "context"):
            self.context.free()


_gl = ThreadPoolExecutor(1, thread_name_prefix="opengl")
# Thread-local, so that the studio is closed at the end of its thread, by its thread.
_here = threading.local()


def _studio() -> _Studio:
    """The OpenGL thread's studio, opened at the first picture."""
    if not hasattr(_here, "studio"):
        # Never tried twice: MuJoCo aborts the process where its OpenGL functions, which it
        # loads once, could not be loaded.
        if not hasattr(_here, "failure"):
            try:
                _here.studio = _Studio()
                return _here.studio
            except Exception as error:
                _here.failure = error
        raise RuntimeError(
            f"OpenGL: no picture can be drawn in this process ({_here.failure}). "
            "`vnl doctor` says what is missing; in Python, import vnl_core before mujoco."
        ) from _here.failure
    return _here.studio
