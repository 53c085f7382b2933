"""Ant, rodent and CMU humanoid in the 3D view: designed, and playing a checkpoint's evaluation."""

import re
from pathlib import Path

import mujoco
import numpy as np
import pytest
from on_page import choose, settled
from playwright.sync_api import expect
from view_on_page import boxes_of, changes, frame_of, is_scene, shot_of, spread, view_of

from vnl_core.config import RunConfig
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.metrics import MetricsWriter
from vnl_core.runs.status import Status, write_status
from vnl_core.scene import build
from vnl_core.scene.walkers import known_walkers
from vnl_core.trajectory import Trajectory

pytestmark = pytest.mark.e2e

PRESET = {"ant": "ant-easy", "rodent": "rodent-gaps-2020", "cmu_humanoid": "cmu-gaps"}
each_walker = pytest.mark.parametrize("walker", list(PRESET))


def evaluated(runs_dir: Path, config: RunConfig) -> RunDir:
    """A run with one checkpoint, whose evaluation is half a second of a limp walker in MuJoCo."""
    run = RunDir.create(runs_dir, config)
    scene = build(config.scene)
    model, data = scene.model, scene.data()
    period = config.scene.control_timestep
    steps = round(0.5 / period)
    qpos, qvel = [data.qpos.copy()], [data.qvel.copy()]
    for _ in range(steps):
        mujoco.mj_step(model, data, config.scene.substeps)
        qpos.append(data.qpos.copy())
        qvel.append(data.qvel.copy())
    episode = Trajectory.record(
        scene,
        task=config.task,
        engine="native",
        policy="checkpoint",
        seed=0,
        control_timestep=period,
        time=np.arange(steps + 1) * period,
        qpos=np.array(qpos),
        qvel=np.array(qvel),
        root_position=np.array(qpos)[:, :3],
        ctrl=np.zeros((steps, model.nu)),
        reward=np.ones(steps),
    )
    (run.checkpoints_path / step_name(1000)).mkdir()
    episode.save(run.media_path / f"{step_name(1000)}.h5")
    writer = MetricsWriter(run.metrics_path)
    writer.write(1000, {"eval/episode_reward": 1.0})
    writer.close()
    status = Status(state="finished", phase="ended", step=1000, total_steps=1000)
    write_status(run.status_path, status)
    return run


@each_walker
def test_a_walker_is_turned_seen_from_its_cameras_and_its_gaps_move_in_place(page, walker):
    config = PRESETS[PRESET[walker]].run.scene
    with page.expect_response(is_scene) as before:
        page.goto(f"/?preset={PRESET[walker]}")
    view = view_of(page)
    frame = frame_of(page)
    free = shot_of(view)
    assert spread(free) > 10
    cameras = view.locator("#camera option").evaluate_all("all => all.map((one) => one.value)")
    assert cameras[0] == "-1"
    seen = free
    for camera in ("0", cameras[-1]):
        view.locator("#camera").select_option(camera)
        assert changes(view, seen)
        assert spread(seen := shot_of(view)) > 10
    view.locator("#camera").select_option("-1")
    assert changes(view, seen)

    seen = shot_of(view)
    box = view.locator("#picture").bounding_box()
    assert box
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 380, box["y"] + 230, steps=3)
    page.mouse.up()
    assert changes(view, seen)

    # The slider of the gaps moves the platforms; the frame is not loaded again, the camera stays.
    seen = shot_of(view)
    view.locator("#camera").select_option("0")
    assert changes(view, seen)
    frame.evaluate("window.marked = true")
    seen = shot_of(view)
    gap = page.locator(".st-key-scene-arena-gap_length-high input")
    gap.fill(f"{config.arena.gap_length.high + 0.7:g}")
    with page.expect_response(is_scene) as after:
        gap.press("Enter")
    assert boxes_of(after.value) != boxes_of(before.value)
    assert changes(view, seen)
    assert frame.evaluate("window.marked"), "the view was reloaded"
    expect(view.locator("#camera")).to_have_value("0")


@each_walker
def test_a_checkpoint_of_each_walker_plays_and_is_scrubbed(page, runs_dir, walker):
    run = evaluated(runs_dir, PRESETS[PRESET[walker]].run.changed(name=walker))
    page.goto(f"/watch?run={run.id}")
    view = view_of(page, ".vnl-views iframe")
    # It plays by itself, to its end.
    end = float(view.locator("#scrubber").get_attribute("max") or 0)
    expect(view.locator("#clock")).to_have_text(f"{end:.2f} / {end:.2f} s", timeout=30_000)
    seen = shot_of(view)
    assert spread(seen) > 10
    view.locator("#scrubber").fill("0")
    assert changes(view, seen)
    expect(view.locator("#clock")).to_have_text(re.compile("^0.00 / "))


def test_walkers_follow_one_another_in_the_3d_view_and_bring_their_defaults(page):
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(f"/?preset={PRESET['rodent']}")
    settled(page)
    page.locator(".st-key-section-Walker summary").click()
    # The rodent has the most joints, the balls the fewest, and a texture around the whole ball.
    others = [walker for name, walker in known_walkers().items() if name not in PRESET]
    for walker in [*others, known_walkers()["ant"]]:
        choose(page, ".st-key-scene-walker input", walker.title)
        offer = page.get_by_role("button", name="Use this walker's defaults")
        offer.click()
        expect(offer).to_have_count(0)
        settled(page)
        expect(page.get_by_text(f"{walker.title}, ")).to_be_visible()
        page.wait_for_timeout(1500)  # the view fetches the new scene after the page is done
        view = page.frame_locator("iframe").first
        expect(view.locator("body")).to_have_attribute("data-state", "ready")
        expect(view.locator("#message")).to_be_hidden()
    assert not errors
