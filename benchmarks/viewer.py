"""The 3D view of a minute of each walker: bytes, export, first picture, frames a second.

The first picture is timed from the click on a link on, twice: with a server that has not built
the scene and a browser that has never been here, and again as one comes back. Chromium draws with
its software WebGL where there is no GPU, and then the first picture waits for that.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import mujoco
import numpy as np
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.clock import seconds
from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory
from vnl_core.ui.server.routes import VIEWER, viewer_url
from vnl_core.viewer import motion_file, scene_file

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "e2e"))

from conftest import CHROMIUM, FLAGS  # noqa: E402  # pyright: ignore
from dashboard_server import running_server  # noqa: E402  # pyright: ignore

WALKERS = ("ant", "rodent", "cmu_humanoid")
MINUTE = 60.0  # s
WINDOW = ViewportSize(width=900, height=560)
PLAYED = 4.0  # s of playing over which frames are counted
# Over so many seconds of playing: frames a second, and milliseconds of script for each. The rest of
# a frame is drawing, which a GPU does where there is one.
_PLAY = """async (seconds) => {
  const draw = window.requestAnimationFrame.bind(window);
  let frames = 0, script = 0;
  window.requestAnimationFrame = (step) => draw((now) => {
    const began = performance.now();
    step(now);
    script += performance.now() - began;
  });
  document.querySelector('#play').click();
  const start = performance.now();
  while (performance.now() - start < 1000 * seconds) {
    await new Promise(draw);
    frames++;
  }
  window.requestAnimationFrame = draw;
  return [1000 * frames / (performance.now() - start), script / frames];
}"""
# Once the pixels of the first picture are there, and not only asked for.
_SEEN = """() => {
  const gl = document.querySelector('#picture').getContext('webgl2');
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now();
}"""
_WHOLE = """() => performance.getEntriesByType('resource')
  .find(({name, responseEnd}) => name.includes('motion.bin') && responseEnd)?.responseEnd"""


def measure(walkers: tuple[str, ...] = WALKERS) -> list[tuple[str, float, str]]:
    """Rows of the table: what, figure, unit."""
    bundle = sum(file.stat().st_size for file in VIEWER.iterdir())
    rows = [("bundle", bundle / 1000, "kB")]
    with tempfile.TemporaryDirectory() as folder:
        runs_dir = Path(folder)
        os.environ["VNL_RUNS_DIR"] = folder  # links lead into it
        for walker in walkers:
            rows += _export(walker, runs_dir / f"{walker}.h5")
        rows += _open(walkers, runs_dir)
    return rows


def _episode(scene: Scene) -> Trajectory:
    """A minute without control: the walker falls, and lies with its contacts."""
    model, data = scene.model, scene.data()
    substeps = scene.config.substeps
    steps = round(MINUTE / scene.config.control_timestep)
    qpos, qvel = [data.qpos.copy()], [data.qvel.copy()]
    for _ in range(steps):
        mujoco.mj_step(model, data, substeps)
        qpos.append(data.qpos.copy())
        qvel.append(data.qvel.copy())
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=scene.config.control_timestep,
        time=np.arange(steps + 1) * scene.config.control_timestep,
        qpos=np.array(qpos),
        qvel=np.array(qvel),
        root_position=np.array(qpos)[:, :3],
        ctrl=np.zeros((steps, model.nu)),
        reward=np.zeros(steps),
    )


def _export(walker: str, path: Path) -> Iterator[tuple[str, float, str]]:
    scene = build(SceneConfig.model_validate({"walker": walker, "control_timestep": 0.02}))
    trajectory = _episode(scene)
    trajectory.save(path)
    files: dict[str, bytes] = {}
    first = seconds(lambda: files.update(scene=scene_file(scene)))
    again = seconds(lambda: scene_file(scene))
    motion = seconds(lambda: files.update(motion=b"".join(motion_file(scene, trajectory))))
    yield f"{walker}, scene", len(files["scene"]) / 1000, "kB"
    yield f"{walker}, motion", len(files["motion"]) / 1000 / MINUTE, "kB/s"
    yield f"{walker}, export of the scene", 1000 * first, "ms"
    yield f"{walker}, the same with pictures known", 1000 * again, "ms"
    yield f"{walker}, export of a minute", 1000 * motion, "ms"


def _open(walkers: tuple[str, ...], runs_dir: Path) -> Iterator[tuple[str, float, str]]:
    with sync_playwright() as playwright, running_server(runs_dir) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for walker in walkers:
            context = browser.new_context(viewport=WINDOW)  # with an empty cache
            page = context.new_page()
            page.set_default_timeout(120_000)
            url = viewer_url(trajectory=runs_dir / f"{walker}.h5")
            yield from _watch(page, walker, address + url)
            context.close()
        browser.close()


def _watch(page: Page, walker: str, url: str) -> Iterator[tuple[str, float, str]]:
    for visit in ("first visit", "again"):
        page.goto(url)
        page.wait_for_selector("body:not([data-state=loading])")
        yield f"{walker}, first picture, {visit}", page.evaluate(_SEEN), "ms"
        whole = page.wait_for_function(_WHOLE).json_value()
        yield f"{walker}, a minute is loaded, {visit}", whole, "ms"
    frames, script = page.evaluate(_PLAY, PLAYED)
    yield f"{walker}, playing at 900 × 480", frames, "frames/s"
    yield f"{walker}, script for each frame", script, "ms"
