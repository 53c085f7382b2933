"""Every walker in every arena: it is drawn, rolled out, and survives a thousand random steps."""

import functools
import math

import numpy as np
import pytest
from every import ARENAS, WALKERS, scene_of

from vnl_core.config import MjxConfig, RolloutConfig
from vnl_core.rendering.gl_thread import render
from vnl_core.rollout import Simulators
from vnl_core.scene.walkers import find_walker
from vnl_core.trajectory import Trajectory

STEPS = 1000
QUICK = ("ant", "gaps")
# How far any coordinate of MJX, in metres or radians, may be from the native engine's after 100
# physics steps; docs/performance.md has what was measured, half of this or less.
PARITY = {
    "ant": 1e-5,
    "rodent": 0.17,  # its right toe: see physics/test_sunk_capsule.py
    "cmu_humanoid": 2e-5,
    "jumping_ball": 1e-5,
    "rolling_ball": 1e-5,
    "strider": 0.02,
}


@pytest.mark.parametrize("arena", ARENAS)
@pytest.mark.parametrize("walker", WALKERS)
def test_it_is_seen_from_its_best_camera_and_sees_by_its_own_eye(walker, arena):
    scene = scene_of(walker, arena=arena)
    best = render(scene, None, find_walker(walker).defaults.video_camera, 64, 48)
    own = render(scene, None, "egocentric", 64, 48)
    for picture in (best, own):
        assert picture.std() > 5  # neither dark nor of one colour
    assert np.abs(best.astype(int) - own).mean() > 5


@pytest.mark.parametrize("arena", ARENAS)
@pytest.mark.parametrize("walker", WALKERS)
def test_a_thousand_random_steps_on_the_native_engine(walker, arena):
    check_random_steps(walker, arena, "native")


# A compilation each, minutes where other work fills the cores: one of them in `make test`.
@pytest.mark.parametrize(
    ("walker", "arena"),
    [
        pytest.param(walker, arena, marks=() if (walker, arena) == QUICK else pytest.mark.slow)
        for walker in WALKERS
        for arena in ARENAS
    ],
)
@pytest.mark.timeout(900)
def test_a_thousand_random_steps_on_mjx(walker, arena):
    check_random_steps(walker, arena, "mjx")


@pytest.mark.parametrize(
    "walker",
    [pytest.param(name, marks=() if name == QUICK[0] else pytest.mark.slow) for name in PARITY],
)
@pytest.mark.timeout(900)
def test_engines_agree_over_a_hundred_physics_steps(walker):
    """The same adapted walker, noise of the start pose and random controls on both engines."""
    mjx, native = (random_steps(walker, "gaps", engine) for engine in ("mjx", "adapted native"))
    substeps = find_walker(walker).defaults.scene.substeps
    rows = 1 + math.ceil(100 / substeps)
    np.testing.assert_allclose(mjx.ctrl[:rows], native.ctrl[:rows], atol=1e-6)
    apart = np.abs(mjx.qpos[:rows] - native.qpos[:rows]).max()
    assert 0 < apart < PARITY[walker]


def check_random_steps(walker: str, arena: str, engine: str) -> None:
    episode = random_steps(walker, arena, engine)
    assert episode.steps == STEPS
    for values in (episode.qpos, episode.qvel, episode.root_position, episode.reward):
        assert np.isfinite(values).all()
    # MuJoCo hides an explosion by starting over from time 0.
    np.testing.assert_allclose(np.diff(episode.time), episode.control_timestep, rtol=0.01)
    assert np.abs(episode.qvel).max() < 1000
    # It moved: controls reach the joints.
    joints = episode.qpos[:, 7:] if episode.qpos.shape[1] > 7 else episode.qpos
    assert np.ptp(joints, axis=0).max() > 0.1


@functools.cache
def random_steps(walker: str, arena: str, engine: str) -> Trajectory:
    """1,000 control steps of random actions; two tests look at each."""
    adapted = MjxConfig(native_adapted=engine == "adapted native")
    scene = scene_of(walker, arena=arena, mjx=adapted)
    config = RolloutConfig(
        scene=scene.config,
        task=find_walker(walker).defaults.task,
        engine="mjx" if engine == "mjx" else "native",
        policy="random",
        seconds=STEPS * scene.config.control_timestep,
        stop_at_end=False,
        cameras=(),
    )
    return Simulators().run(scene, config)
