"""A training as its observer sees it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder

from vnl_core.training.evaluation import Evaluator
from vnl_core.training.loop import Diverged, train
from vnl_core.training.networks import make_networks


def test_the_point_learns_to_stay_at_the_origin(trained):
    first, *_, last = (row["eval/episode_reward"] for _, row in trained.evaluations())
    # The best possible is 40 less the way home; an untrained policy drifts away.
    assert first < 5
    assert last > 32


def test_it_evaluates_and_saves_before_the_first_and_after_every_epoch(trained):
    epoch = PPO.updates_per_eval * PPO.steps_per_update
    steps = [0, epoch, 2 * epoch]
    assert [step for step, _ in trained.evaluations()] == steps
    assert list(trained.states) == steps
    assert steps[-1] == PPO.total_steps >= PPO.num_timesteps
    assert trained.phases == ["compiling", "evaluating", *["training", "evaluating"] * 2]


def test_metrics_bear_the_names_of_brax(trained):
    _, last = trained.evaluations()[-1]
    assert {
        "eval/episode_reward",
        "eval/episode_reward_std",
        "eval/episode_effort",
        "eval/avg_episode_length",
        "eval/epoch_eval_time",
        "eval/sps",
        "eval/walltime",
        "training/total_loss",
        "training/policy_loss",
        "training/v_loss",
        "training/entropy_loss",
        "training/kl_mean",
        "training/sps",
        "training/walltime",
        "episode/sum_reward",
        "episode/length",
        "episode/distance",
    } <= set(last)
    assert all(np.isfinite(value) for value in last.values())
    assert 0 < last["episode/length"] <= EPISODE_LENGTH
    # Reward is 1 less the distance, so the two ways of adding up must agree.
    kept = last["eval/avg_episode_length"] * (1 - last["eval/episode_distance"])
    assert last["eval/episode_reward"] == pytest.approx(kept, rel=1e-3)


def test_an_evaluation_repeats_itself_and_stops_when_asked(trained):
    params = trained.states[PPO.total_steps].params
    networks = make_networks(PPO, 2, 2)
    evaluator = Evaluator(PointEnv(), PPO, EPISODE_LENGTH, networks)
    evaluator.compile(params, jax.random.PRNGKey(7))
    first, second = evaluator.evaluate(params), evaluator.evaluate(params)
    assert first
    assert second
    assert first["eval/episode_reward"] == second["eval/episode_reward"]
    assert first["eval/episode_reward_std"] > 0, "all episodes had the same start"
    assert evaluator.evaluate(params, stopping=lambda: True) is None


def test_a_stop_saves_what_was_learnt(monkeypatch):
    monkeypatch.setattr("vnl_core.training.loop.REPORT_EVERY", 0.0)
    recorder = Recorder(limit=3 * PPO.steps_per_update)
    long = PPO.changed(num_timesteps=100_000_000)
    assert not train(PointEnv(), long, EPISODE_LENGTH, recorder)
    start, stopped = recorder.states
    assert start == 0
    assert 3 * PPO.steps_per_update <= stopped <= 5 * PPO.steps_per_update
    assert recorder.rows[-1][0] == stopped
    before, after = (
        jax.tree.leaves(recorder.states[step].params.policy) for step in (start, stopped)
    )
    assert not np.allclose(before[0], after[0])


class Broken(PointEnv):
    """Pays what is no number to the right of 1 m."""

    def step(self, state, action):
        state = super().step(state, action)
        return state.replace(reward=jnp.where(state.obs[0] > 1.0, jnp.nan, state.reward))


def test_a_loss_that_is_no_number_ends_the_training_with_a_remedy():
    with pytest.raises(Diverged, match=r"loss is nan at env step \d+: .*learning_rate"):
        train(Broken(), PPO, EPISODE_LENGTH, Recorder())
