"""Rollouts: the same controls on every engine, cut where the episode ends, compiled once."""

import jax
import numpy as np
import pytest

from vnl_core.config import RolloutConfig, SceneConfig, TaskConfig
from vnl_core.rollout import Cancelled, Simulators, steps_of
from vnl_core.rollout.simulator import CHUNK
from vnl_core.scene import build
from vnl_core.trajectory.compare import difference

SCENE = SceneConfig(corridor_length=8)
TASK = TaskConfig(reset_noise=0.0, terminations=("fall", "finished"))
BASE = RolloutConfig(scene=SCENE, task=TASK, engine="native", seconds=1.0)
SIMULATORS = Simulators()


SCENE_BUILT = build(SCENE)


def run(**values):
    config = BASE.changed(**values)
    return SIMULATORS.run(SCENE_BUILT, config)


@pytest.mark.parametrize("policy", ["random", "sine", "constant", "zero"])
def test_dm_control_and_the_native_engine_walk_the_same_way(policy):
    native, dm_control = run(policy=policy), run(policy=policy, engine="dm_control")
    np.testing.assert_allclose(native.ctrl, dm_control.ctrl, atol=1e-5)
    np.testing.assert_allclose(native.time, dm_control.time, atol=1e-5)
    # 0.3 s; later, contacts set float32 and float64 apart.
    np.testing.assert_allclose(native.qpos[:30], dm_control.qpos[:30], atol=1e-3)
    if policy != "zero":
        assert np.abs(native.qpos[-1, 7:] - native.qpos[0, 7:]).max() > 0.1


def test_seeds_repeat_and_differ():
    first, again, other = run(seed=1), run(seed=1), run(seed=2)
    np.testing.assert_array_equal(first.qpos, again.qpos)
    assert np.abs(first.ctrl - other.ctrl).max() > 0.5
    assert (np.abs(first.ctrl) <= 1.0).all()


def test_constant_controls_are_the_seeds_minus_and_plus_one():
    for value in (-1.0, 1.0):
        np.testing.assert_array_equal(run(policy="constant", constant=value).ctrl, value)


def test_a_second_rollout_does_not_compile_again():
    config = BASE.changed(policy="sine")
    SIMULATORS.run(SCENE_BUILT, config)
    compiled = []

    def listen(event: str, duration_secs: float, **kwargs: str | int):
        if event == "/jax/core/compile/backend_compile_duration":
            compiled.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    try:
        SIMULATORS.run(SCENE_BUILT, config.changed(seed=7, frequency=2.0, seconds=2.3))
        assert compiled == []
        SIMULATORS.run(SCENE_BUILT, config.changed(task=TASK.changed(scan_resolution=0.11)))
        assert compiled != []  # so the listener hears
    finally:
        jax.monitoring.unregister_event_duration_listener(listen)


def test_a_rollout_lasts_as_long_as_asked():
    trajectory = run(seconds=0.73)
    assert trajectory.steps == 73
    assert trajectory.duration == pytest.approx(0.73, abs=1e-4)
    assert len(trajectory.qpos) == len(trajectory.time) == 74
    assert trajectory.ended == ""


def test_it_stops_where_the_episode_ends_unless_told_to_run_on():
    task = TASK.changed(healthy_height=(0.45, 1.0), terminations=("unhealthy",))
    stopped = run(task=task, policy="zero", seconds=3.0)  # a limp ant sinks below 0.45 m
    on = run(task=task, policy="zero", seconds=3.0, stop_at_end=False)
    assert stopped.ended == "unhealthy"
    assert stopped.steps < 290
    assert stopped.root_position[-1, 2] < 0.45 <= stopped.root_position[-2, 2]
    assert on.steps == 300
    np.testing.assert_array_equal(on.qpos[: stopped.steps + 1], stopped.qpos)


def test_an_episode_ends_by_time():
    trajectory = run(task=TASK.changed(episode_length=60), seconds=5.0)
    assert trajectory.steps == 60
    assert trajectory.ended == "time"


def test_cancel_is_heard_between_chunks():
    seen = []
    config = BASE.changed(seconds=10.0)
    with pytest.raises(Cancelled):
        SIMULATORS.run(
            SCENE_BUILT,
            config,
            lambda phase, share: seen.append((phase, share)),
            lambda: len(seen) > 3,
        )
    assert seen[0] == ("compiling", 0.0)
    assert 0 < seen[-1][1] < 0.5
    assert steps_of(config) == 20 * CHUNK


def test_dm_control_takes_no_checkpoint():
    config = BASE.changed(policy="checkpoint", checkpoint="nowhere", engine="dm_control")
    with pytest.raises(ValueError, match="engine: .*native"):
        SIMULATORS.run(SCENE_BUILT, config)


def test_a_replay_gives_the_same_controls_and_so_the_same_episode(tmp_path):
    first = run(policy="random", seed=4)
    first.save(tmp_path / "trajectory.h5")
    again = run(policy="replay", replay=str(tmp_path / "trajectory.h5"), seed=4)
    found = difference(first, again)
    assert found.same_controls
    assert found.root.max() < 1e-5
    assert found.joints.max() < 1e-4
    other = difference(first, run(policy="random", seed=5))
    assert not other.same_controls
    assert other.joints.max() > 0.1


def test_a_replay_of_another_control_rate_is_refused(tmp_path):
    run(policy="zero", seconds=0.1).save(tmp_path / "trajectory.h5")
    config = BASE.changed(
        policy="replay",
        replay=str(tmp_path / "trajectory.h5"),
        scene=SCENE.changed(control_timestep=0.02),
    )
    with pytest.raises(ValueError, match="replay: .*its own scene"):
        SIMULATORS.run(build(config.scene), config)
