"""`VnlGaps-v0` under Gymnasium's own checker and wrappers, against the environment itself."""

import warnings

import gymnasium
import jax
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers.vector import RecordEpisodeStatistics

import vnl_core.envs  # noqa: F401  (registers it)
from vnl_core.presets import PRESETS

RUN = PRESETS["ant-gaps"].run
BRIEF = RUN.task.changed(episode_length=5)


def make(**arguments):
    return gymnasium.make("VnlGaps-v0", preset="ant-gaps", engine="native", **arguments)


def test_gymnasiums_checker_passes():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        # Observations are lengths, angles and speeds, which have no bounds.
        warnings.filterwarnings("ignore", ".*infinity.*")
        check_env(make(render_mode="rgb_array").unwrapped)


def test_steps_are_those_of_the_environment():
    ours = make()
    observation, _ = ours.reset(seed=4)
    env = ours.unwrapped.env  # type: ignore[attr-defined]
    state = ours.unwrapped._state  # type: ignore[attr-defined]
    step = jax.jit(env.step)
    np.testing.assert_array_equal(observation, state.obs)
    for _ in range(3):
        action = ours.action_space.sample()
        observation, reward, ended, cut, info = ours.step(action)
        state = step(state, action)
        np.testing.assert_array_equal(observation, state.obs)
        assert (reward, ended, cut) == (float(state.reward), bool(state.done), False)
        assert info["x_position"] == state.info["values"]["x_position"]
        assert info["gaps_crossed"] == state.metrics["gaps_crossed"]


def test_an_episode_is_cut_at_its_length():
    ours = make(task=BRIEF)
    ours.reset(seed=0)
    cuts = [ours.step(np.zeros(8, np.float32))[2:4] for _ in range(5)]
    assert cuts == [(False, False)] * 4 + [(False, True)]


def test_a_batch_begins_each_next_episode_by_itself():
    batch = gymnasium.make_vec(
        "VnlGaps-v0", num_envs=3, preset="ant-gaps", engine="native", task=BRIEF
    )
    counted = RecordEpisodeStatistics(batch)
    first, _ = counted.reset(seed=0)
    assert first.shape == (3, counted.unwrapped.env.observation_size)  # type: ignore[attr-defined]
    assert (first[0] != first[1]).any()
    still = np.zeros((3, 8), np.float32)
    lengths, starts = [], []
    for _ in range(12):
        observation, reward, _, cut, info = counted.step(still)
        if "episode" in info:
            lengths.append(info["episode"]["l"][info["_episode"]].tolist())
            observation, reward, *_ = counted.step(still)
            starts.append(observation)
            np.testing.assert_array_equal(reward, [0.0, 0.0, 0.0])
            assert cut.all()
    assert lengths[0] == [5, 5, 5]
    assert (starts[0] != first).any(), "the next episode begins from another start"


def test_the_same_seed_gives_the_same_episode():
    ours = make()
    for seed in (1, 2):
        twice = [ours.reset(seed=seed)[0] for _ in range(2)]
        np.testing.assert_array_equal(*twice)
    assert (ours.reset(seed=1)[0] != ours.reset(seed=2)[0]).any()


def test_a_render_mode_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="render_mode: 'human'"):
        vnl_core.envs.GapsEnv(render_mode="human")
