"""Networks: what they make of observations."""

import jax
import jax.numpy as jnp
import numpy as np
from brax.training.acme import running_statistics

from vnl_core.config import PPOConfig
from vnl_core.training.networks import init_params, make_networks, policy_function


def test_the_first_gap_ever_seen_does_not_blow_the_policy_up():
    """A term that was constant has a deviation of a millionth: brax scales by that."""
    small = PPOConfig(policy_hidden_layer_sizes=(8,), value_hidden_layer_sizes=(8,))
    floor, gap = jnp.zeros((50, 3)), jnp.array([0.0, 0.0, -1.0])

    def value(config: PPOConfig) -> float:
        networks = make_networks(config, 3, 2)
        params = init_params(networks, 3, jax.random.PRNGKey(0))
        seen = running_statistics.update(params.normalizer, floor)
        assert np.isfinite(
            policy_function(networks, True)(
                params.replace(normalizer=seen),  # type: ignore[attr-defined]
                gap,
                jax.random.PRNGKey(1),
            )
        ).all()
        return float(jnp.abs(networks.value_network.apply(seen, params.value, gap)))

    assert value(small) < 100
    assert value(small.changed(observation_clip=None)) > 1e4
