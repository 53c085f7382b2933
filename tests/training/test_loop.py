"""A training as its observer sees it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder

from vnl_core.training.evaluation import Evaluator
from vnl_core.training.loop import train
from vnl_core.training.networks import init_params, make_networks


def test_the_point_learns_to_stay_at_the_origin(trained):
    first, *_, last = (row["eval/episode_reward"] for _, row in trained.evaluations())
    # The best possible is 40 less the way home; an untrained policy drifts away.
    assert first < 5
    assert last > 32


def test_it_evaluates_and_saves_before_the_first_and_after_every_epoch(trained):
    epoch = PPO.updates_per_eval * PPO.steps_per_update
    steps = [0, epoch, 2 * epoch]
    assert [step for step, _ in trained.evaluations()] == steps
    assert list(trained.saved) == steps
    assert steps[-1] == PPO.total_steps >= PPO.num_timesteps
    assert trained.phases == ["compiling", "evaluating", *["training", "evaluating"] * 2]


def test_the_first_figures_of_training_come_after_the_first_update(trained):
    step, row = next((step, row) for step, row in trained.rows if "training/sps" in row)
    assert step == PPO.steps_per_update
    assert "eval/episode_reward" not in row


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
    params = trained.saved[PPO.total_steps].learning.params
    networks = make_networks(PPO, 2, 2)
    evaluator = Evaluator(PointEnv(), PPO, EPISODE_LENGTH, networks)
    key = jax.random.PRNGKey(7)
    evaluator.compile(params, key)
    first, second = evaluator.evaluate(params, key), evaluator.evaluate(params, key)
    assert first
    assert second
    assert first["eval/episode_reward"] == second["eval/episode_reward"]
    assert first["eval/episode_reward_std"] > 0, "all episodes had the same start"
    assert evaluator.evaluate(params, key, stopping=lambda: True) is None


def test_a_stop_saves_what_was_learnt():
    recorder = Recorder(limit=3)
    long = PPO.changed(num_timesteps=100_000_000)
    assert not train(PointEnv(), long, EPISODE_LENGTH, recorder)
    start, stopped = recorder.saved
    assert start == 0
    assert stopped == 3 * PPO.steps_per_update
    assert recorder.rows[-1][0] == stopped
    before, after = (
        jax.tree.leaves(recorder.saved[step].learning.params.policy) for step in (start, stopped)
    )
    assert not np.allclose(before[0], after[0])


def test_success_is_told_by_what_happens_at_gaps():
    class Gaps(PointEnv):
        metric_kinds = {"gaps_crossed": "sum", "fell": "sum"}

        def _metrics(self, position, action):
            distance = jnp.linalg.norm(position)
            return {"gaps_crossed": jnp.float32(0.5), "fell": jnp.where(distance > 3.0, 1.0, 0.0)}

    config = PPO.changed(seed=0)
    env = Gaps()
    networks = make_networks(config, 2, 2)
    evaluator = Evaluator(env, config, EPISODE_LENGTH, networks)
    params = init_params(networks, 2, jax.random.PRNGKey(0))
    key = jax.random.PRNGKey(1)
    evaluator.compile(params, key)
    found = evaluator.evaluate(params, key)
    assert found
    falls, crossed = found["eval/episode_fell"], found["eval/episode_gaps_crossed"]
    assert crossed == pytest.approx(0.5 * found["eval/avg_episode_length"])
    assert found["eval/falls_per_gap"] == pytest.approx(falls / (falls + crossed))
    # Who does not fall is cut by the clock, and nobody is both.
    assert found["eval/episode_ended/time"] == pytest.approx(1 - falls)
