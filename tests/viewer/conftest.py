"""An ant that glides two metres along x in a second while it turns a quarter to the left."""

import dataclasses
import functools
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mujoco
import numpy as np
import pytest
from client_pictures import CHROMIUM, DIST, FLAGS, WAIT
from playwright.sync_api import Browser, Page, sync_playwright

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory
from vnl_core.viewer import motion_file, scene_file

STEPS = 100


@pytest.fixture(scope="session")
def scene() -> Scene:
    return build(SceneConfig(corridor_length=15.0, spawn_position=(2.0, 0.0, 0.0)))


@pytest.fixture(scope="session")
def glide(scene: Scene) -> Trajectory:
    time = np.linspace(0.0, 1.0, STEPS + 1)
    qpos = np.tile(scene.qpos, (STEPS + 1, 1))
    qpos[:, 0] += 2.0 * time
    half = np.pi / 4 * time
    qpos[:, 3:7] = np.stack([np.cos(half), 0 * half, 0 * half, np.sin(half)], axis=1)
    return Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=scene.config.control_timestep,
        time=time,
        qpos=qpos,
        qvel=np.zeros((STEPS + 1, scene.model.nv)),
        root_position=qpos[:, :3],
        ctrl=np.zeros((STEPS, scene.model.nu)),
        reward=np.zeros(STEPS),
    )


@pytest.fixture(scope="session")
def rest(scene: Scene, glide: Trajectory) -> Trajectory:
    """The ant after it has come to rest on its feet."""
    data = scene.data()
    for _ in range(1500):
        mujoco.mj_step(scene.model, data)
    return dataclasses.replace(
        glide,
        qpos=np.tile(data.qpos, (STEPS + 1, 1)),
        qvel=np.tile(data.qvel, (STEPS + 1, 1)),
    )


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


# Keeps what the view told it.
_AROUND = """<!doctype html><iframe width=400 height=340 src="viewer/index.html?{}"></iframe>
<script>told = []; addEventListener("message", ({{data}}) => told.push(data))</script>"""


@pytest.fixture(scope="session")
def folder(scene, glide, rest, tmp_path_factory) -> Path:
    """What the server serves: the bundle and the files of every walker's start and a glide."""
    folder = tmp_path_factory.mktemp("www")
    shutil.copytree(DIST, folder / "viewer")
    for walker in ("rodent", "cmu_humanoid"):
        other = build(scene.config.changed(walker=walker))
        (folder / f"{walker}.json").write_bytes(scene_file(other))
    (folder / "ant.json").write_bytes(scene_file(scene))
    gap = build(scene.config.changed(gap_length=1.0))
    (folder / "wide.json").write_bytes(scene_file(gap))
    slower = glide.qpos.copy()
    slower[:, 0] -= 1.5 * glide.time
    ghost = dataclasses.replace(glide, qpos=slower)
    for name, trajectory in (("ant", glide), ("ghost", ghost), ("rest", rest)):
        (folder / f"{name}.bin").write_bytes(b"".join(motion_file(scene, trajectory)))
    (folder / "around.html").write_text(_AROUND.format("scene=../ant.json&motion=../ant.bin"))
    return folder


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/viewer/index.html"
        server.shutdown()
        thread.join()


# Playwright runs once at a time in a process: a module's browser is closed at its end.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 340})
    page.set_default_timeout(WAIT)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []
