"""The policy and value networks of a PPOConfig, and the policies made from them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from brax.training.acme import running_statistics, specs
from brax.training.agents.ppo import networks as ppo_networks
from brax.training.networks import FeedForwardNetwork
from brax.training.types import identity_observation_preprocessor
from flax import struct

from vnl_core.config import PPOConfig

Policy = Callable[[jax.Array, jax.Array], jax.Array]
"""(observation (…, n), key) -> action (…, m), each component within [-1, 1]."""


@struct.dataclass
class PolicyParams:
    """What a trained policy consists of; a pytree."""

    normalizer: running_statistics.RunningStatisticsState
    policy: Any
    value: Any


def make_networks(
    config: PPOConfig, observation_size: int, action_size: int
) -> ppo_networks.PPONetworks:
    """Brax's PPO networks: tanh-normal policy and value function, swish layers.

    Brax does not clip what it scales. Here the first gap that a walker ever sees would be a
    million standard deviations of floor away, and blow the policy up.
    """
    normalize: Any = (
        partial(running_statistics.normalize, max_abs_value=config.observation_clip)
        if config.normalize_observations
        else identity_observation_preprocessor
    )
    networks: Any = ppo_networks.make_ppo_networks(
        observation_size,
        action_size,
        preprocess_observations_fn=normalize,
        policy_hidden_layer_sizes=config.policy_hidden_layer_sizes,
        value_hidden_layer_sizes=config.value_hidden_layer_sizes,
    )
    return networks.replace(
        policy_network=_on_rows(networks.policy_network),
        value_network=_on_rows(networks.value_network),
    )


def _on_rows(network: FeedForwardNetwork) -> FeedForwardNetwork:
    """The same network, which sees any batch of observations as one of a single dimension.

    Of more of them XLA copies what the gradients of the weights are multiplied from, and takes
    1.5 times as long for these.
    """

    def apply(normalizer: Any, params: Any, observation: jax.Array) -> jax.Array:
        batch = observation.shape[:-1]
        out = network.apply(normalizer, params, observation.reshape(-1, observation.shape[-1]))
        return out.reshape(batch + out.shape[1:])

    return FeedForwardNetwork(init=network.init, apply=apply)


def init_params(
    networks: ppo_networks.PPONetworks, observation_size: int, key: jax.Array
) -> PolicyParams:
    """Untrained parameters; `key` is split as brax splits it."""
    key_policy, key_value = jax.random.split(key)
    shape = specs.Array((observation_size,), jnp.dtype("float32"))
    params = PolicyParams(
        normalizer=running_statistics.init_state(shape),
        policy=networks.policy_network.init(key_policy),
        value=networks.value_network.init(key_value),
    )
    return strong_types(params)


def policy_function(
    networks: ppo_networks.PPONetworks, deterministic: bool
) -> Callable[[PolicyParams, jax.Array, jax.Array], jax.Array]:
    """(params, observation, key) -> action: the distribution's mode, or a sample of it."""
    make_policy = ppo_networks.make_inference_fn(networks)

    def act(params: PolicyParams, observation: jax.Array, key: jax.Array) -> jax.Array:
        policy = make_policy((params.normalizer, params.policy), deterministic=deterministic)
        return policy(observation, key)[0]

    return act


def strong_types(tree: Any) -> Any:
    """The same pytree as arrays without weak types, which would compile everything twice."""
    return jax.tree.map(lambda x: jnp.asarray(x).astype(jnp.asarray(x).dtype), tree)
