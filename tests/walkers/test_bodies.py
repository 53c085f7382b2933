"""Every walker's body: upright on the floor, down a gap, stopped by a wall."""

import mujoco
import numpy as np
import pytest
from every import WALKERS, scene_of

from vnl_core.rendering.cameras import walker_radius
from vnl_core.scene import Scene, build
from vnl_core.scene.walkers import find_walker


def move_to(scene: Scene, x: float) -> mujoco.MjData:
    """The start pose with the root at `x`, in metres; no walker here starts turned."""
    data = scene.data()
    data.qpos[0] += x - data.xpos[scene.root_id, 0]
    mujoco.mj_forward(scene.model, data)
    return data


def left_alone(scene: Scene, x: float, seconds: float = 1.5) -> float:
    """Height of the root after the walker was put at `x` and not driven."""
    data = move_to(scene, x)
    while data.time < seconds:
        mujoco.mj_step(scene.model, data)
    assert data.time >= seconds
    return data.xpos[scene.root_id, 2]


@pytest.mark.parametrize("walker", WALKERS)
def test_it_starts_healthy_and_upright_on_the_floor_not_in_it(walker):
    scene = scene_of(walker)
    data = scene.data()
    low, high = find_walker(walker).healthy_height
    assert low < data.xpos[scene.root_id, 2] < high
    floor = scene.model.geom("start_floor").id
    own = [g for g in range(scene.model.ngeom) if scene.model.geom(g).name.startswith("walker/")]
    solid = [g for g in own if scene.model.geom_contype[g] or scene.model.geom_conaffinity[g]]
    gaps = [mujoco.mj_geomDistance(scene.model, data, g, floor, 1.0, None) for g in solid]
    assert min(gaps) > -1e-5
    assert min(gaps) < 0.1  # a step down at most
    np.testing.assert_allclose(data.xpos[scene.root_id, :2], (5.0, 0.0), atol=0.05)


@pytest.mark.parametrize("walker", WALKERS)
def test_over_a_gap_it_falls_and_on_a_platform_it_does_not(walker):
    scene = scene_of(walker, gap_length=3.0, platform_length=1.0)
    gap, platform = scene.layout.gaps[0], scene.layout.platforms[0]
    assert left_alone(scene, (gap.start + gap.end) / 2) < -2.0
    assert left_alone(scene, (platform.start + platform.end) / 2) > 0.0


@pytest.mark.parametrize("walker", WALKERS)
def test_its_gaps_have_the_configured_width_to_a_millimetre(walker):
    layout = scene_of(walker, gap_length=0.123).layout
    assert layout.gaps
    np.testing.assert_allclose([gap.length for gap in layout.gaps], 0.123, atol=1e-3)


@pytest.mark.parametrize("walker", WALKERS)
@pytest.mark.parametrize("x", [-1.0, 5.0])
def test_among_walls_it_starts_free_and_before_the_first(walker, x):
    scene = scene_of(walker, arena="walls", spawn_position=(x, 0.0, 0.0), wall_gap=0.5)
    assert len(scene.layout.walls) > 2
    assert scene.layout.walls[0].x > x + walker_radius(scene)
    data = scene.data()
    walls = {scene.model.geom(f"wall_{i}").id for i in range(len(scene.layout.walls))}
    assert not walls & {int(geom) for contact in data.contact for geom in contact.geom}


@pytest.mark.parametrize("walker", WALKERS)
def test_a_wall_stops_it(walker):
    """Pushed with one and a half times its weight, it comes as far as the wall."""
    width = find_walker(walker).defaults.scene.corridor_width
    scene = scene_of(walker, arena="walls", wall_width=0.98 * width, wall_gap=4.0, wall_height=3.0)
    model, wall = scene.model, scene.layout.walls[0]
    data = move_to(scene, wall.x - 1.5 * walker_radius(scene))
    push = 1.5 * model.body_subtreemass[scene.root_id] * np.linalg.norm(model.opt.gravity)
    data.xfrc_applied[scene.root_id, 0] = push
    touched = False
    while data.time < 2.0:
        mujoco.mj_step(model, data)
        touched = touched or model.geom("wall_0").id in data.contact.geom
        assert data.xpos[scene.root_id, 0] < wall.x
    assert touched


@pytest.mark.parametrize("walker", WALKERS)
def test_what_it_names_is_in_the_model_and_touches_the_ground(walker):
    scene = scene_of(walker)
    names = scene.walker
    for body in (names.root_body, *names.end_effectors):
        assert scene.model.body(body).id > 0
    assert names.egocentric_camera
    assert scene.camera("egocentric") == scene.camera(names.egocentric_camera) >= 0
    feet = {scene.model.geom(foot).id for foot in names.feet}
    data = scene.data()
    while data.time < 0.5:
        mujoco.mj_step(scene.model, data)
        if feet & {int(geom) for contact in data.contact for geom in contact.geom}:
            return
    pytest.fail("no foot touched the ground within half a second")


@pytest.mark.parametrize(("kicks", "crossed"), [(False, 0), (True, 5)])
def test_the_ball_that_kicks_at_the_edge_crosses_what_the_rolling_one_falls_into(kicks, crossed):
    scene = build(find_walker("jumping_ball").defaults.scene)
    model, data = scene.model, scene.data()
    starts = np.array([gap.start for gap in scene.layout.gaps])
    roll, kick = (model.actuator(f"walker/{name}").id for name in ("roll", "kick"))
    while data.time < 6.0 and data.xpos[scene.root_id, 2] > 0:
        ahead = starts - data.xpos[scene.root_id, 0]
        near = ((ahead > -0.1) & (ahead < 0.35)).any()
        data.ctrl[roll] = -1.0  # forwards
        data.ctrl[kick] = (1.0 if near else -1.0) if kicks else 0.0
        mujoco.mj_step(model, data)
    ends = np.array([gap.end for gap in scene.layout.gaps])
    behind = int((ends < data.xpos[scene.root_id, 0]).sum())
    assert behind >= crossed if kicks else behind == crossed
