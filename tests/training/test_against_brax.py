"""Our training against brax's own `ppo.train`: same config and seed, same parameters."""

from functools import partial

import jax
import numpy as np
import pytest
from brax.envs import training as brax_wrappers
from brax.training.agents.ppo import networks as ppo_networks
from brax.training.agents.ppo import train as brax_ppo
from point_env import PointEnv

from vnl_core.config import PPOConfig
from vnl_core.training.episodes import Episodes, FreshResets
from vnl_core.training.ppo import Learner, SeedKeys, split_epoch_key

EPISODE_LENGTH = 15
PPO = PPOConfig(
    num_timesteps=480,
    num_evals=3,
    num_envs=4,
    unroll_length=10,
    batch_size=4,
    num_minibatches=2,
    num_updates_per_batch=2,
    reward_scaling=0.5,
    observation_clip=None,
    policy_hidden_layer_sizes=(16,),
    value_hidden_layer_sizes=(16,),
    seed=3,
)


def fresh(env, episode_length, action_repeat=1, randomization_fn=None):
    """Our wrappers with the signature that brax calls."""
    return FreshResets(Episodes(env, episode_length))


ADAPTIVE = PPO.changed(
    learning_rate_schedule="adaptive_kl",
    learning_rate=3e-3,
    desired_kl=0.02,
    min_learning_rate=1e-3,
    max_learning_rate=4e-3,
)


def brax_params(wrap, config):
    """(normaliser, policy, value) after brax's training."""
    network = partial(
        ppo_networks.make_ppo_networks,
        policy_hidden_layer_sizes=config.policy_hidden_layer_sizes,
        value_hidden_layer_sizes=config.value_hidden_layer_sizes,
    )
    same = (
        "num_timesteps num_evals num_envs unroll_length batch_size num_minibatches learning_rate "
        "num_updates_per_batch entropy_cost discounting gae_lambda clipping_epsilon seed "
        "vf_loss_coefficient max_grad_norm reward_scaling normalize_observations "
        "normalize_advantage"
    )
    schedule = {}
    if config.learning_rate_schedule == "adaptive_kl":
        schedule = {
            "learning_rate_schedule": "ADAPTIVE_KL",
            "desired_kl": config.desired_kl,
            "learning_rate_schedule_min_lr": config.min_learning_rate,
            "learning_rate_schedule_max_lr": config.max_learning_rate,
        }
    return brax_ppo.train(
        PointEnv(),
        episode_length=EPISODE_LENGTH,
        wrap_env_fn=wrap,
        network_factory=network,
        run_evals=False,
        **schedule,
        **{name: getattr(config, name) for name in same.split()},
    )[1]


def our_params(wrap, config):
    learner = Learner(wrap(PointEnv(), EPISODE_LENGTH), config)
    keys = SeedKeys.from_seed(config.seed)
    state, env_state = learner.init(keys)
    learner.compile(state, env_state, jax.random.PRNGKey(0))
    following = keys.training
    rates = []
    for _ in range(config.num_evals - 1):
        key, following = split_epoch_key(following)
        for _ in range(config.updates_per_eval):
            key_learn, key_collect, key = jax.random.split(key, 3)
            env_state, data, _ = learner.collect(state.params, env_state, key_collect)
            state, metrics = learner.learn(state, data, key_learn)
            rates.append(float(metrics["learning_rate"]))
    return state.params, rates


def assert_like_brax(wrap, config):
    normalizer, policy, value = brax_params(wrap, config)
    ours, rates = our_params(wrap, config)
    assert int(ours.normalizer.count) == int(normalizer.count) == config.total_steps
    for theirs, mine in (
        (normalizer.mean, ours.normalizer.mean),
        (normalizer.std, ours.normalizer.std),
        (policy, ours.policy),
        (value, ours.value),
    ):
        jax.tree.map(partial(np.testing.assert_allclose, rtol=2e-4, atol=2e-6), theirs, mine)
    return rates


@pytest.mark.parametrize("wrap", [brax_wrappers.wrap, fresh], ids=["brax resets", "fresh resets"])
def test_parameters_after_training_are_those_of_brax(wrap):
    np.testing.assert_allclose(assert_like_brax(wrap, PPO), PPO.learning_rate, rtol=1e-6)


def test_the_schedule_of_the_learning_rate_is_that_of_brax():
    rates = assert_like_brax(fresh, ADAPTIVE)
    assert len(set(rates)) > 1, "the rate never moved, so nothing was compared"
    assert all(0.999e-3 <= rate <= 4.001e-3 for rate in rates)
