"""Every walker in every arena: it is drawn, rolled out, and survives a thousand random steps."""

import numpy as np
import pytest
from every import ARENAS, WALKERS, scene_of

from vnl_core.config import RolloutConfig
from vnl_core.config.run import RolloutEngine
from vnl_core.rendering.worker import render
from vnl_core.rollout import Simulators
from vnl_core.scene.walkers import find_walker

STEPS = 1000
QUICK = ("ant", "gaps")


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


def check_random_steps(walker: str, arena: str, engine: RolloutEngine) -> None:
    scene = scene_of(walker, arena=arena)
    dt = scene.config.control_timestep
    config = RolloutConfig(
        scene=scene.config,
        task=find_walker(walker).defaults.task,
        engine=engine,
        policy="random",
        seconds=STEPS * dt,
        stop_at_end=False,
        cameras=(),
    )
    episode = Simulators().run(scene, config)
    assert episode.steps == STEPS
    for values in (episode.qpos, episode.qvel, episode.root_position, episode.reward):
        assert np.isfinite(values).all()
    # MuJoCo hides an explosion by starting over from time 0.
    np.testing.assert_allclose(np.diff(episode.time), dt, rtol=0.01)
    assert np.abs(episode.qvel).max() < 1000
    # It moved: controls reach the joints.
    assert np.ptp(episode.qpos[:, 7:] if scene.model.nq > 7 else episode.qpos, axis=0).max() > 0.1
