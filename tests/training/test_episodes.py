"""Bookkeeping of episodes, checked against a simulation by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from point_env import PointEnv

from vnl_core.training.episodes import Episodes, FreshResets

LENGTH = 5


@pytest.fixture(scope="module")
def batch():
    """Six points; each pushed outwards at its own speed, so that some leave and some last."""
    env = FreshResets(Episodes(PointEnv(), LENGTH))
    states = [jax.jit(env.reset)(jax.random.split(jax.random.PRNGKey(0), 6))]
    step = jax.jit(env.step)
    speed = jnp.array([0.0, 0.1, 0.5, 1.0, 2.0, 4.0])[:, None]
    for _ in range(20):
        position = states[-1].obs
        outwards = position / jnp.linalg.norm(position, axis=1, keepdims=True)
        states.append(step(states[-1], speed * outwards))
    return jax.tree.map(np.asarray, states)


def test_episodes_end_at_their_length_or_where_the_task_says(batch):
    for state in batch[1:]:
        cut = state.info["truncation"] > 0
        assert (state.info["steps"][cut] == LENGTH).all()
        assert (state.done[cut] == 1).all()
    truncated = np.sum([s.info["truncation"] for s in batch[1:]], axis=0)
    done = np.sum([s.done for s in batch[1:]], axis=0)
    assert truncated[0] == 4
    assert done[0] == 4
    assert truncated[5] == 0
    assert done[5] > 4


def test_an_episode_that_the_task_ends_at_its_last_step_is_not_truncated():
    env = Episodes(PointEnv(), 1)
    state = env.reset(jax.random.split(jax.random.PRNGKey(0), 1))
    state = env.step(state, 100 * jnp.ones((1, 2)))
    assert state.done[0] == 1
    assert state.info["truncation"][0] == 0


def test_metrics_of_an_episode_are_sums_means_or_last_values(batch):
    for i in range(6):
        rewards, distances = [], []
        for before, state in zip(batch, batch[1:], strict=False):
            if before.info["episode_done"][i]:
                rewards, distances = [], []
            rewards.append(state.reward[i])
            distances.append(state.metrics["distance"][i])
            episode = state.info["episode_metrics"]
            np.testing.assert_allclose(episode["sum_reward"][i], sum(rewards), rtol=1e-5)
            np.testing.assert_allclose(episode["distance"][i], np.mean(distances), rtol=1e-5)
            assert episode["final_x"][i] == state.metrics["final_x"][i]
            assert episode["length"][i] == len(rewards)


def test_every_episode_starts_somewhere_else_and_the_others_go_on(batch):
    starts = [batch[0].obs[0]]
    for before, state in zip(batch, batch[1:], strict=False):
        for i in range(6):
            moved = np.linalg.norm(state.obs[i] - before.obs[i])
            if not state.done[i]:
                speed = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0)[i]
                np.testing.assert_allclose(moved, 0.3 * speed, atol=1e-5)
        if state.done[0]:
            starts.append(state.obs[0])
            np.testing.assert_array_equal(state.obs[0], state.pipeline_state[0])
    assert len(np.unique(np.round(starts, 6), axis=0)) == len(starts) == 5
    # Reset noise of the task: within the square that PointEnv draws from.
    assert np.abs(starts).max() <= 2.0
