import copy
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mujoco
import numpy as np
import pytest

from vnl_core.rendering import gl_thread
from vnl_core.rendering.gl_thread import render
from vnl_core.rendering.overlays import Overlays, vis_option
from vnl_core.scene import build

SMALL: dict[str, Any] = {"width": 160, "height": 120}


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """Mean absolute difference of two pictures, of 255."""
    return float(np.abs(a.astype(int) - b).mean())


def run(code: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("walker", ["ant", "rodent", "cmu_humanoid"])
def test_the_close_up_shows_the_walker_under_the_sky(scene, walker):
    config = scene.config.changed(walker=walker, spawn_position=(3.0, 0.0, 0.0))
    scene = build(config)
    pixels = render(scene, **SMALL)
    lifted = scene.qpos.copy()
    lifted[2] += 100.0
    # The camera follows, so only what is around the walker changes.
    away = render(scene, lifted, **SMALL)
    assert pixels.shape == (120, 160, 3)
    assert pixels.std() > 20
    assert pixels.mean() > 40
    assert pixels[0, 0, 2] > pixels[0, 0, 0], "the sky is not blue"
    centre = np.s_[55:65, 75:85]
    assert difference(pixels[centre], away[centre]) < difference(pixels[-20:], away[-20:])


def test_cameras_are_told_apart_and_zero_is_one_of_them(scene):
    pictures = [render(scene, camera=index, **SMALL) for index, _ in scene.cameras]
    for i, one in enumerate(pictures):
        for other in pictures[:i]:
            assert difference(one, other) > 5
    for index, name in scene.cameras:
        assert np.array_equal(render(scene, camera=name, **SMALL), pictures[index + 2])


@pytest.mark.parametrize("camera", [-1, 0])
def test_cameras_are_those_of_mujocos_renderer(scene, fall, camera):
    model = copy.copy(scene.model)
    data = mujoco.MjData(model)
    data.qpos[:] = fall.qpos[-1]  # a camera that turned to the walker would show it
    mujoco.mj_forward(model, data)
    option = vis_option(scene)

    def draw():
        with mujoco.Renderer(model, 120, 160) as renderer:
            renderer.update_scene(data, camera=camera, scene_option=option)
            return renderer.render().copy()

    # A thread of its own, for the sake of its OpenGL context.
    with ThreadPoolExecutor(1) as thread:
        theirs = thread.submit(draw).result()
    ours = render(scene, fall.qpos[-1], camera, quality="full", **SMALL)
    assert np.array_equal(ours, theirs)


def test_a_wrong_request_is_refused_with_the_remedy(scene):
    with pytest.raises(ValueError, match="no camera 'nose'.*walker/egocentric"):
        render(scene, camera="nose", **SMALL)
    with pytest.raises(ValueError, match=r"qpos: has shape \(3,\)"):
        render(scene, np.zeros(3), **SMALL)
    with pytest.raises(ValueError, match="width: 0 px"):
        render(scene, width=0)


def test_pictures_larger_than_mujocos_framebuffer_and_the_model_left_alone(scene):
    def contents() -> bytes:
        buffer = np.empty(mujoco.mj_sizeModel(scene.model), np.uint8)
        mujoco.mj_saveModel(scene.model, None, buffer)
        return buffer.tobytes()

    before = contents()
    assert render(scene, width=1280, height=720).shape == (720, 1280, 3)
    assert contents() == before


def test_any_thread_may_ask_and_the_cache_may_overflow(scene):
    sizes = [(64 + 16 * i, 64) for i in range(gl_thread.KEPT + 2)]

    def draw(size):
        return render(scene, camera=0, width=size[0], height=size[1])

    first = [draw(size) for size in sizes]
    # A renderer that gives way takes nothing along from those that stay.
    for size, before in list(zip(sizes, first, strict=True))[-gl_thread.KEPT :]:
        assert np.array_equal(draw(size), before)
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(draw, sizes * 2))
    for one, other in zip(first * 2, again, strict=True):
        assert np.array_equal(one, other)


def test_overlays_and_full_quality_show(scene, fall):
    last = {"qpos": fall.qpos[-1], "qvel": fall.qvel[-1], "ctrl": fall.ctrl[-1], **SMALL}
    plain = render(scene, **last)
    for overlays in (Overlays(joints=True), Overlays(contacts=True)):
        assert difference(plain, render(scene, **last, overlays=overlays)) > 0.1
    full = render(scene, **last, quality="full")
    assert 0 < difference(plain, full) < 10


def test_side_planes_show_on_request(scene):
    shown = build(scene.config.changed(visible_side_planes=True))
    assert difference(render(scene, **SMALL), render(shown, **SMALL)) > 3


def test_a_process_that_drew_ends_in_silence():
    done = run(
        "from vnl_core.config import SceneConfig\n"
        "from vnl_core.rendering.gl_thread import render\n"
        "from vnl_core.scene import build\n"
        "print(render(build(SceneConfig()), width=64, height=48).std() > 10)\n"
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "True", "")


def test_without_opengl_the_error_names_the_doctor():
    done = run(
        "from vnl_core.config import SceneConfig\n"
        "from vnl_core.rendering.gl_thread import render\n"
        "from vnl_core.scene import build\n"
        "render(build(SceneConfig()), width=64, height=48)\n",
        MUJOCO_GL="disable",
    )
    assert done.returncode == 1
    assert "RuntimeError: OpenGL: no picture can be drawn" in done.stderr
    assert "vnl doctor" in done.stderr
