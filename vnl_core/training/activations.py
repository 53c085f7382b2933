"""What the layers of a policy's networks hold for an observation."""

from collections.abc import Callable
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
from brax.training.agents.ppo.networks import PPONetworks

from vnl_core.training.networks import PolicyParams

Layers = dict[str, jax.Array]
"""Activations after the nonlinearity, (…, units), by "0", "1" and so on from the observation."""


def with_layers(compute: Callable[[], jax.Array]) -> tuple[jax.Array, Layers]:
    """What `compute` returns from one of brax's networks, and its hidden layers on the way.

    What a hidden layer holds is what the next one is given: brax names them hidden_0, hidden_1, …
    """
    layers: Layers = {}

    def keep(following: Callable[..., Any], args: Any, kwargs: Any, context: Any) -> Any:
        name = context.module.name or ""
        if isinstance(context.module, nn.Dense) and name.startswith("hidden_"):
            index = int(name.removeprefix("hidden_"))
            if index > 0:
                layers[str(index - 1)] = args[0]
        return following(*args, **kwargs)

    with nn.intercept_methods(keep):
        out = compute()
    return out, layers


def look(
    networks: PPONetworks, params: PolicyParams, observation: jax.Array
) -> tuple[jax.Array, jax.Array, Layers]:
    """The mode of the policy's distribution, the value, and all hidden layers.

    Args:
      networks: those of `make_networks`.
      params: of a policy.
      observation: (rows, n), not normalised.

    Returns:
      Actions (rows, m) in [-1, 1], values (rows,), and layers by "policy/0", "value/0", ….
    """
    logits, policy = with_layers(
        lambda: networks.policy_network.apply(params.normalizer, params.policy, observation)
    )
    value, of_value = with_layers(
        lambda: networks.value_network.apply(params.normalizer, params.value, observation)
    )
    layers = {f"policy/{name}": x for name, x in policy.items()}
    layers |= {f"value/{name}": x for name, x in of_value.items()}
    mode = networks.parametric_action_distribution.mode(logits)
    return jnp.asarray(mode), value, layers
