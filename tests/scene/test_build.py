"""Scenes: walkers stand, fall into gaps, and one seed gives one terrain."""

import mujoco
import numpy as np
import pytest

from vnl_core.config import Gaps, SceneConfig, Uniform, Walls
from vnl_core.scene import build

GAPS = SceneConfig(
    corridor_length=16,
    arena=Gaps(platform_length=Uniform(low=1, high=2), gap_length=Uniform(low=1.5, high=2.5)),
)


def settle(scene, x: float, seconds: float = 2.0) -> float:
    """Height of the walker's root after it was let go over `x` and left alone."""
    data = scene.data()
    data.qpos[0] = x
    while data.time < seconds:
        mujoco.mj_step(scene.model, data)
    return data.xpos[scene.root_id, 2]


def test_an_ant_over_a_gap_falls_and_one_over_a_platform_stands():
    scene = build(GAPS)
    gap, platform = scene.layout.gaps[1], scene.layout.platforms[0]
    assert settle(scene, (gap.start + gap.end) / 2) < -2
    assert 0.2 < settle(scene, (platform.start + platform.end) / 2) < 0.7


@pytest.mark.parametrize(
    ("walker", "height"), [("ant", 0.522), ("rodent", 0.0676), ("cmu_humanoid", 1.143)]
)
def test_walkers_start_upright_on_their_spawn(walker, height):
    scene = build(SceneConfig(walker=walker, spawn_position=(2, 0.5, 0.1), corridor_length=8))
    root = scene.data().xpos[scene.root_id]
    np.testing.assert_allclose(root[2], height + 0.1, atol=2e-3)
    np.testing.assert_allclose(root[:2], (2, 0.5), atol=0.05)


def test_spawn_rotation_turns_the_walker():
    def head_to_tail(yaw: float) -> np.ndarray:
        scene = build(SceneConfig(walker="rodent", spawn_rotation=yaw, corridor_length=8))
        data = scene.data()
        return data.body("walker/skull").xpos - data.body("walker/pelvis").xpos

    along_x, along_y = head_to_tail(0.0), head_to_tail(np.pi / 2)
    assert along_x[0] > 0.05
    np.testing.assert_allclose(along_y[:2], (-along_x[1], along_x[0]), atol=1e-6)


def test_gaps_have_the_configured_width_to_a_millimetre():
    layout = build(
        SceneConfig(
            arena=Gaps(gap_length=0.123, platform_length=0.77),
        )
    ).layout
    assert len(layout.gaps) > 30
    np.testing.assert_allclose([gap.length for gap in layout.gaps], 0.123, atol=1e-3)
    inner = [p.length for p in layout.platforms if p.start >= 6]
    np.testing.assert_allclose(inner, 0.77, atol=1e-3)


def test_the_layout_is_where_the_geoms_are():
    scene = build(GAPS)
    data = scene.data()

    def depth(x: float) -> float:
        """From 5 m up to the first thing seen below; -1 for nothing."""
        down, geom = [0, 0, -1.0], np.zeros(1, np.int32)
        return mujoco.mj_ray(scene.model, data, [x, 1.0, 5.0], down, None, 1, -1, geom)

    for gap in scene.layout.gaps:
        assert depth(gap.start - 0.01) == pytest.approx(5)
        assert depth((gap.start + gap.end) / 2) == -1
        assert depth(gap.end + 0.01) == pytest.approx(5)


def test_one_seed_gives_one_terrain_and_another_seed_another():
    first, again = build(GAPS), build(GAPS)
    other = build(GAPS.changed(terrain_seed=1))
    assert first.layout == again.layout
    assert first.xml == again.xml
    assert first.model is not again.model
    assert first.layout != other.layout


def test_the_finish_is_on_a_platform():
    for seed in range(5):
        layout = build(GAPS.changed(terrain_seed=seed)).layout
        assert any(p.start <= layout.finish <= p.end for p in layout.platforms)


def test_walls_stop_a_walker():
    scene = build(SceneConfig(arena=Walls(wall_width=4.9, wall_gap=4.0), corridor_length=20))
    wall = next(wall for wall in scene.layout.walls if wall.x > 5.5)
    data = scene.data()
    data.qpos[:2] = wall.x - 1.5, (wall.y_low + wall.y_high) / 2
    for _ in range(1500):
        data.qvel[0] = 1.0
        mujoco.mj_step(scene.model, data)
    assert wall.x - 1.5 < data.xpos[scene.root_id, 0] < wall.x


def test_cameras_are_found_by_index_and_name_and_zero_is_one():
    scene = build(SceneConfig(corridor_length=8))
    assert scene.cameras[:2] == ((-2, "close-up"), (-1, "free"))
    assert scene.camera(0) == 0
    assert scene.camera("0") == 0
    assert scene.camera("-1") == scene.camera("free") == -1
    assert scene.camera("-2") == scene.camera("close-up") == -2
    assert scene.camera("egocentric") == scene.camera("walker/egocentric") == 3
    with pytest.raises(ValueError, match="0 walker/sideon"):
        scene.camera("behind")


def test_names_belong_to_the_model():
    for walker in ("ant", "rodent", "cmu_humanoid"):
        scene = build(SceneConfig(walker=walker, corridor_length=8))
        names = scene.walker
        for body in (names.root_body, *names.end_effectors):
            assert scene.model.body(body).id > 0
        assert len(names.actuators) == scene.model.nu
        assert all(a.low < a.high for a in names.actuators)
        assert _touching(scene) & {scene.model.geom(foot).id for foot in names.feet}


def _touching(scene) -> set[int]:
    """Geoms in contact at some time of the first 300 steps; a tail may be down before the feet."""
    data, touching = scene.data(), set()
    for _ in range(300):
        mujoco.mj_step(scene.model, data)
        touching |= {int(geom) for contact in data.contact for geom in contact.geom}
    return touching


def test_physics_options_are_the_configs():
    config = SceneConfig(
        solver="cg", iterations=7, ls_iterations=9, cone="elliptic", physics_timestep=0.005
    )
    option = build(config).model.opt
    assert option.solver == mujoco.mjtSolver.mjSOL_CG
    assert (option.iterations, option.ls_iterations) == (7, 9)
    assert option.cone == mujoco.mjtCone.mjCONE_ELLIPTIC
    assert option.timestep == 0.005
    assert option.noslip_iterations == 0
