"""Each term alone, on control steps whose answer is known."""

import jax.numpy as jnp
import numpy as np
import pytest

from vnl_core.config import ObservationTerm, RewardTerm, SceneConfig, TaskConfig, TerminationTerm
from vnl_core.envs.layouts import GAP_DEPTH, Terrain
from vnl_core.envs.observations import OBSERVATIONS, gap_edges, height_scan
from vnl_core.envs.rewards import REWARDS
from vnl_core.envs.step_context import StepContext
from vnl_core.envs.terminations import TERMINATIONS
from vnl_core.physics import PhysicsState
from vnl_core.scene import build

TASK = TaskConfig(
    scan_behind=0.5, scan_ahead=2.0, scan_resolution=0.1, edge_count=4, target_speed=2.0
)
DT = 0.01


def context(
    root=(5.0, 0.0, 0.5), speed=0.0, ctrl=(), feet=0.0, crossed=0.0, actions=((), ()), force=0.0
) -> StepContext:
    physics = PhysicsState(
        time=jnp.zeros(()),
        qpos=jnp.arange(15.0),
        qvel=jnp.arange(14.0),
        act=jnp.zeros(0),
        subtree_com=jnp.asarray(root),
        end_effectors=jnp.array([[0.0, 0.0, 0.0], [0.0, 0.0, feet]]),
        extras={"qfrc_actuator": jnp.full(14, force)},
        boxes=None,
        unstable=jnp.zeros((), jnp.int32),
        engine=None,
    )
    return StepContext(
        physics=physics,
        root=jnp.asarray(root),
        velocity=jnp.array([speed, 0.0, 0.0]),
        ctrl=jnp.asarray(ctrl),
        action=jnp.asarray(actions[1]),
        previous_action=jnp.asarray(actions[0]),
        crossed=jnp.float32(crossed),
    )


@pytest.fixture(scope="module")
def terrain() -> Terrain:
    """Start platform to 6 m, platform to 8 m, gap to 8.5, platform to 10.5, gap to 11 m, …"""
    config = SceneConfig(platform_length=2.0, gap_length=0.5, corridor_length=14)
    return Terrain.of(build(config).layout)


def test_the_tables_hold_every_term_of_the_configs():
    assert set(OBSERVATIONS) == set(ObservationTerm.__args__)
    assert set(REWARDS) == set(RewardTerm.__args__)
    assert set(TERMINATIONS) == set(TerminationTerm.__args__)


@pytest.mark.parametrize(
    ("name", "seen", "value"),
    [
        ("forward", context(speed=1.5), 1.5),
        ("distance", context(speed=1.5), 1.5 * DT),
        ("alive", context(root=(5, 0, 0.5)), 1.0),
        ("alive", context(root=(5, 0, 0.1)), 0.0),
        ("alive", context(root=(5, 0, 3.0)), 0.0),
        ("control_cost", context(ctrl=(1.0, -2.0)), -5.0),
        ("action_rate", context(actions=((0.5, -1.0), (0.5, 1.0))), -4.0),
        ("power", context(force=-2.0), -2.0 * 91),  # |force| times velocities 0 to 13
        ("target_speed", context(speed=2.0), 1.0),
        ("target_speed", context(speed=1.0), 0.5),
        ("target_speed", context(speed=3.0), 0.5),
        ("target_speed", context(speed=-1.0), 0.0),
        ("gap_crossed", context(crossed=2.0), 2.0),
    ],
)
def test_rewards(name, seen, value, terrain):
    assert REWARDS[name](seen, terrain, TASK, DT) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "seen", "value"),
    [
        ("fall", context(), 0.0),
        ("fall", context(feet=-0.31), 1.0),
        ("fall", context(root=(5, 0, -0.4)), 1.0),
        ("unhealthy", context(root=(5, 0, 0.19)), 1.0),
        ("unhealthy", context(root=(5, 0, 0.21)), 0.0),
        ("finished", context(root=(14.0, 0, 0.5)), 1.0),
        ("finished", context(root=(12.9, 0, 0.5)), 0.0),
    ],
)
def test_terminations(name, seen, value, terrain):
    done = TERMINATIONS[name](seen, terrain, TASK)
    assert done == value
    assert done.dtype == jnp.float32


def test_qpos_leaves_out_x_and_y(terrain):
    np.testing.assert_array_equal(OBSERVATIONS["qpos"](context(), terrain, TASK), np.arange(2, 15))


def test_the_height_scan_sees_the_gap_where_it_is(terrain):
    scan = np.asarray(height_scan(context(root=(7.0, 0, 0.5)), terrain, TASK))
    x = 7.0 + np.linspace(-0.5, 2.0, 26)
    inside = (x > 8.0 + 1e-3) & (x < 8.5 - 1e-3)
    outside = (x < 8.0 - 1e-3) | (x > 8.5 + 1e-3)
    assert inside.sum() >= 4
    assert (scan[inside] == GAP_DEPTH).all()
    assert (scan[outside] == 0.0).all()


def test_the_height_scan_sees_that_the_corridor_ends(terrain):
    scan = height_scan(context(root=(float(terrain.ends[-1]) - 0.1, 0, 0.5)), terrain, TASK)
    assert scan[-1] == GAP_DEPTH


def test_gap_edges_are_the_next_ones_in_metres(terrain):
    on_platform = gap_edges(context(root=(7.5, 0, 0.5)), terrain, TASK)
    np.testing.assert_allclose(on_platform, [0.5, 1.0, 2.0, 2.0], atol=1e-5)
    over_gap = gap_edges(context(root=(8.2, 0, 0.5)), terrain, TASK)
    np.testing.assert_allclose(over_gap, [0.3, 2.0, 2.0, 2.0], atol=1e-5)


def test_distances_to_edges_have_the_range_and_resolution_asked_for(terrain):
    coarse = TASK.changed(edge_range=1.2, edge_resolution=0.4)
    seen = gap_edges(context(root=(7.5, 0, 0.5)), terrain, coarse)
    np.testing.assert_allclose(seen, [0.4, 0.8, 1.2, 1.2], atol=1e-5)


def test_walls_stand_out_of_the_height_scan():
    config = SceneConfig(arena="walls", wall_height=0.7, wall_width=2.0, wall_gap=3.0)
    scene = build(config)
    walls, wall = Terrain.of(scene.layout), scene.layout.walls[1]
    before, inside = wall.x - 1.0, (wall.y_low + wall.y_high) / 2
    assert np.max(height_scan(context((before, inside, 0.5)), walls, TASK)) == pytest.approx(0.7)
    assert np.max(height_scan(context((before, -inside, 0.5)), walls, TASK)) == 0.0
