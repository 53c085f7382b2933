"""A point that shall stay at the origin: an environment that compiles in a second."""

import jax
import jax.numpy as jnp
from brax.envs.base import Env, State

from vnl_core.training.contract import Plain


class PointEnv(Plain, Env):
    """Velocity control of a point on a plane; ends 3 m away from the origin."""

    metric_kinds = {"distance": "mean", "final_x": "last", "effort": "sum"}
    dt = 0.1

    @property
    def observation_size(self) -> int:
        return 2

    @property
    def action_size(self) -> int:
        return 2

    @property
    def backend(self) -> str:
        return "none"

    def reset(self, rng: jax.Array) -> State:
        position = jax.random.uniform(rng, (2,), minval=-2.0, maxval=2.0)
        zero = jnp.zeros(())
        return State(position, position, zero, zero, self._metrics(position, jnp.zeros(2)))

    def step(self, state: State, action: jax.Array) -> State:
        position = state.pipeline_state + 0.3 * action
        distance = jnp.linalg.norm(position)
        return state.replace(
            pipeline_state=position,
            obs=position,
            reward=1.0 - distance,
            done=jnp.where(distance > 3.0, 1.0, 0.0),
            metrics=self._metrics(position, action),
        )

    def _metrics(self, position, action):
        return {
            "distance": jnp.linalg.norm(position),
            "final_x": position[0],
            "effort": jnp.abs(action).sum(),
        }
