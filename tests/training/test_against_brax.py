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
from vnl_core.training.ppo import Keys, Learner, split_epoch_key

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
    policy_hidden_layer_sizes=(16,),
    value_hidden_layer_sizes=(16,),
    seed=3,
)


def fresh(env, episode_length, action_repeat=1, randomization_fn=None):
    """Our wrappers with the signature that brax calls."""
    return FreshResets(Episodes(env, episode_length))


def brax_params(wrap):
    """(normaliser, policy, value) after brax's training."""
    network = partial(
        ppo_networks.make_ppo_networks,
        policy_hidden_layer_sizes=PPO.policy_hidden_layer_sizes,
        value_hidden_layer_sizes=PPO.value_hidden_layer_sizes,
    )
    same = (
        "num_timesteps num_evals num_envs unroll_length batch_size num_minibatches learning_rate "
        "num_updates_per_batch entropy_cost discounting gae_lambda clipping_epsilon seed "
        "vf_loss_coefficient max_grad_norm reward_scaling normalize_observations "
        "normalize_advantage"
    )
    return brax_ppo.train(
        PointEnv(),
        episode_length=EPISODE_LENGTH,
        wrap_env_fn=wrap,
        network_factory=network,
        run_evals=False,
        **{name: getattr(PPO, name) for name in same.split()},
    )[1]


def our_params(wrap):
    learner = Learner(wrap(PointEnv(), EPISODE_LENGTH), PPO)
    keys = Keys.from_seed(PPO.seed)
    state, env_state = learner.init(keys)
    learner.compile(state, env_state)
    following = keys.training
    for _ in range(PPO.num_evals - 1):
        key, following = split_epoch_key(following)
        for _ in range(PPO.updates_per_eval):
            key_learn, key_collect, key = jax.random.split(key, 3)
            env_state, data, _ = learner.collect(state.params, env_state, key_collect)
            state, _ = learner.learn(state, data, key_learn)
    return state.params


@pytest.mark.parametrize("wrap", [brax_wrappers.wrap, fresh], ids=["brax resets", "fresh resets"])
def test_parameters_after_training_are_those_of_brax(wrap):
    normalizer, policy, value = brax_params(wrap)
    ours = our_params(wrap)
    assert int(ours.normalizer.count) == int(normalizer.count) == PPO.total_steps
    for theirs, mine in (
        (normalizer.mean, ours.normalizer.mean),
        (normalizer.std, ours.normalizer.std),
        (policy, ours.policy),
        (value, ours.value),
    ):
        jax.tree.map(partial(np.testing.assert_allclose, rtol=2e-4, atol=2e-6), theirs, mine)
