"""Each term alone, on control steps whose answer is known."""

import functools

import jax.numpy as jnp
import numpy as np
import pytest

from vnl_core.config import Gaps, SceneConfig, Walls
from vnl_core.config.terms.observations import GapEdges, HeightScan, Qpos
from vnl_core.config.terms.rewards import (
    ActionRate,
    Alive,
    ControlCost,
    Distance,
    Forward,
    GapCrossed,
    Power,
    TargetSpeed,
)
from vnl_core.config.terms.terminations import Fall, Finished, Unhealthy
from vnl_core.envs.layouts import GAP_DEPTH, Terrain
from vnl_core.envs.step_context import StepContext
from vnl_core.physics import PhysicsState
from vnl_core.scene import build

SCAN = HeightScan(behind=0.5, ahead=2.0, resolution=0.1)
DT = 0.01


def context(
    root=(5.0, 0.0, 0.5),
    speed=0.0,
    ctrl=(),
    feet=0.0,
    crossed=0.0,
    actions=((), ()),
    force=0.0,
    terrain=None,
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
        terrain=terrain or gaps(),
        healthy_height=(0.2, 1.5),
        dt=DT,
    )


@functools.cache
def gaps() -> Terrain:
    """Start platform to 6 m, platform to 8 m, gap to 8.5, platform to 10.5, gap to 11 m, …"""
    config = SceneConfig(arena=Gaps(platform_length=2.0, gap_length=0.5), corridor_length=14)
    return Terrain.of(build(config).layout)


@pytest.mark.parametrize(
    ("term", "seen", "value"),
    [
        (Forward(), context(speed=1.5), 1.5),
        (Distance(), context(speed=1.5), 1.5 * DT),
        (Alive(), context(root=(5, 0, 0.5)), 1.0),
        (Alive(), context(root=(5, 0, 0.1)), 0.0),
        (Alive(), context(root=(5, 0, 3.0)), 0.0),
        (ControlCost(), context(ctrl=(1.0, -2.0)), -5.0),
        (ActionRate(), context(actions=((0.5, -1.0), (0.5, 1.0))), -4.0),
        (Power(), context(force=-2.0), -2.0 * 91),  # |force| times velocities 0 to 13
        (TargetSpeed(speed=2.0), context(speed=2.0), 1.0),
        (TargetSpeed(speed=2.0), context(speed=1.0), 0.5),
        (TargetSpeed(speed=2.0), context(speed=3.0), 0.5),
        (TargetSpeed(speed=2.0), context(speed=-1.0), 0.0),
        (GapCrossed(), context(crossed=2.0), 2.0),
    ],
)
def test_rewards(term, seen, value):
    assert term.value(seen) == pytest.approx(value)


@pytest.mark.parametrize(
    ("term", "seen", "value"),
    [
        (Fall(), context(), 0.0),
        (Fall(), context(feet=-0.31), 1.0),
        (Fall(), context(root=(5, 0, -0.4)), 1.0),
        (Unhealthy(), context(root=(5, 0, 0.19)), 1.0),
        (Unhealthy(), context(root=(5, 0, 0.21)), 0.0),
        (Finished(), context(root=(14.0, 0, 0.5)), 1.0),
        (Finished(), context(root=(12.9, 0, 0.5)), 0.0),
    ],
)
def test_terminations(term, seen, value):
    done = term.value(seen)
    assert done == value
    assert done.dtype == jnp.float32


def test_qpos_leaves_out_x_and_y():
    np.testing.assert_array_equal(Qpos().value(context()), np.arange(2, 15))


def test_the_height_scan_sees_the_gap_where_it_is():
    scan = np.asarray(SCAN.value(context(root=(7.0, 0, 0.5))))
    x = 7.0 + np.linspace(-0.5, 2.0, 26)
    inside = (x > 8.0 + 1e-3) & (x < 8.5 - 1e-3)
    outside = (x < 8.0 - 1e-3) | (x > 8.5 + 1e-3)
    assert inside.sum() >= 4
    assert (scan[inside] == GAP_DEPTH).all()
    assert (scan[outside] == 0.0).all()


def test_the_height_scan_sees_that_the_corridor_ends():
    scan = SCAN.value(context(root=(float(gaps().ends[-1]) - 0.1, 0, 0.5)))
    assert scan[-1] == GAP_DEPTH


def test_gap_edges_are_the_next_ones_in_metres():
    on_platform = GapEdges().value(context(root=(7.5, 0, 0.5)))
    np.testing.assert_allclose(on_platform, [0.5, 1.0, 2.0, 2.0], atol=1e-5)
    over_gap = GapEdges().value(context(root=(8.2, 0, 0.5)))
    np.testing.assert_allclose(over_gap, [0.3, 2.0, 2.0, 2.0], atol=1e-5)


def test_distances_to_edges_have_the_range_and_resolution_asked_for():
    coarse = GapEdges(range=1.2, resolution=0.4)
    seen = coarse.value(context(root=(7.5, 0, 0.5)))
    np.testing.assert_allclose(seen, [0.4, 0.8, 1.2, 1.2], atol=1e-5)


def test_walls_stand_out_of_the_height_scan():
    config = SceneConfig(
        arena=Walls(wall_height=0.7, wall_width=2.0, wall_gap=3.0),
    )
    scene = build(config)
    walls, wall = Terrain.of(scene.layout), scene.layout.walls[1]
    before, inside = wall.x - 1.0, (wall.y_low + wall.y_high) / 2
    ahead = SCAN.value(context((before, inside, 0.5), terrain=walls))
    assert np.max(ahead) == pytest.approx(0.7)
    assert np.max(SCAN.value(context((before, -inside, 0.5), terrain=walls))) == 0.0
