"""The corridor task as a Gymnasium environment: `gymnasium.make("VnlGaps-v0", preset=…)`.

Importing `vnl_core.envs` registers it; `gymnasium.make("vnl_core.envs:VnlGaps-v0")` needs no import
beforehand.
"""

from typing import Any

import gymnasium
import jax
import jax.numpy as jnp
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from vnl_core.envs.corridor import CorridorEnv
from vnl_core.envs.seed_walker import walker

ID = "VnlGaps-v0"


def _spaces(env: CorridorEnv) -> tuple[spaces.Box, spaces.Box]:
    return (
        spaces.Box(-np.inf, np.inf, (env.observation_size,), np.float32),
        spaces.Box(-1.0, 1.0, (env.action_size,), np.float32),
    )


def _info(state: Any) -> dict[str, Any]:
    return jax.device_get({**state.metrics, **state.info["values"]})


class GapsEnv(gymnasium.Env):
    """One walker in a corridor. Actions in [-1, 1] cover each actuator's control range.

    An episode is truncated after the task's `episode_length` control steps. `info` has the
    step's metrics and values by the names of docs/guide.md.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}

    def __init__(
        self,
        preset: str = "ant-gaps",
        render_mode: str | None = None,
        camera: int | str = 0,
        height: int = 240,
        width: int = 320,
        **arguments: Any,
    ):
        """Makes one environment.

        Args:
          preset: scene and task.
          render_mode: None or "rgb_array".
          camera: of `render`, index or name.
          height: of a picture, in pixels.
          width: of a picture, in pixels.
          **arguments: those of `vnl_core.envs.walker`: scene, task, engine, threads and the
            seed's.

        Raises:
          ValueError: see `vnl_core.envs.walker`.
        """
        self.env = walker(preset=preset, **arguments)
        self.metadata = {**self.metadata, "render_fps": round(1 / self.env.dt)}
        if render_mode not in (None, "rgb_array"):
            raise ValueError(f'render_mode: {render_mode!r} is not there. Use "rgb_array" or None.')
        self.render_mode = render_mode
        self.observation_space, self.action_space = _spaces(self.env)
        self._picture = {"camera": camera, "height": height, "width": width}
        self._reset = jax.jit(self.env.begin)
        self._step = jax.jit(self.env.step)
        self._state: Any = None
        self._steps = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        """The first observation of an episode, (n,) float32, and its info."""
        super().reset(seed=seed, options=options)
        key = jax.random.PRNGKey(int(self.np_random.integers(2**31)))
        # A seed begins a new history, so a curriculum begins again.
        before = None if seed is not None else self._state
        self._state = self._reset(key) if before is None else self._reset(key, before)
        self._steps = 0
        return np.asarray(self._state.obs), _info(self._state)

    def step(self, action: np.ndarray):
        """One control step under `action` (nu,)."""
        if self._state is None:
            raise gymnasium.error.ResetNeeded("Call reset before the first step.")
        self._state = self._step(self._state, jnp.asarray(action, jnp.float32))
        self._steps += 1
        state = self._state
        ended = bool(state.done)
        cut = not ended and self._steps >= self.env.task.episode_length
        return np.asarray(state.obs), float(state.reward), ended, cut, _info(state)

    def render(self):
        """A picture of the present state, uint8 (height, width, 3); None without render_mode."""
        if self.render_mode is None:
            return None
        if self._state is None:
            raise gymnasium.error.ResetNeeded("Call reset before the first picture.")
        return self.env.render(self._state, **self._picture)


class GapsVectorEnv(VectorEnv):
    """A batch of walkers stepped together, `gymnasium.make_vec("VnlGaps-v0", num_envs=…)`.

    A sub-environment whose episode is over begins the next one in the following step, whose
    action it ignores (Gymnasium's autoreset mode "next step").
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(self, num_envs: int = 1, preset: str = "ant-gaps", **arguments: Any):
        """Makes a batch of environments.

        Args:
          num_envs: walkers.
          preset: scene and task.
          **arguments: those of `vnl_core.envs.walker`.
        """
        self.env = walker(preset=preset, **arguments)
        self.num_envs = num_envs
        self.single_observation_space, self.single_action_space = _spaces(self.env)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._first = jax.jit(jax.vmap(self.env.begin))
        self._again = jax.jit(self._restart)
        self._step = jax.jit(jax.vmap(self.env.step))
        self._state: Any = None
        self._steps = np.zeros(num_envs, int)
        self._over = np.zeros(num_envs, bool)

    def _restart(self, keys: jax.Array, state: Any, over: jax.Array) -> Any:
        fresh = jax.vmap(self.env.begin)(keys, state)

        def choose(new: jax.Array, old: jax.Array) -> jax.Array:
            return jnp.where(over.reshape(over.shape + (1,) * (old.ndim - 1)), new, old)

        return jax.tree.map(choose, fresh, state)

    def _keys(self) -> jax.Array:
        return jax.random.split(
            jax.random.PRNGKey(int(self.np_random.integers(2**31))), self.num_envs
        )

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None):
        """The first observations, (num_envs, n) float32, and info; all environments start anew."""
        super().reset(seed=seed, options=options)
        self._state = self._first(self._keys())
        self._steps[:], self._over[:] = 0, False
        return np.asarray(self._state.obs), self._infos()

    def step(self, actions: np.ndarray):
        """One control step of every environment under `actions` (num_envs, nu)."""
        if self._state is None:
            raise gymnasium.error.ResetNeeded("Call reset before the first step.")
        before, over = self._state, self._over
        state = self._step(before, jnp.asarray(actions, jnp.float32))
        if over.any():
            state = self._again(self._keys(), _select(over, before, state), jnp.asarray(over))
        self._state = state
        self._steps = np.where(over, 0, self._steps + 1)
        ended = np.asarray(state.done) > 0
        cut = ~ended & (self._steps >= self.env.task.episode_length)
        self._over = ended | cut
        return np.asarray(state.obs), np.asarray(state.reward), ended, cut, self._infos()

    def _infos(self) -> dict[str, Any]:
        everyone = np.ones(self.num_envs, bool)
        values = _info(self._state)
        return {**values, **{f"_{name}": everyone for name in values}}


def _select(over: np.ndarray, before: Any, after: Any) -> Any:
    """`before` where an episode is over, so that the next one follows from its end."""

    def choose(old, new):
        return jnp.where(over.reshape(over.shape + (1,) * (new.ndim - 1)), old, new)

    return jax.tree.map(choose, before, after)


gymnasium.register(ID, entry_point=GapsEnv, vector_entry_point=GapsVectorEnv)
