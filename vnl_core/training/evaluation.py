"""Evaluation of a policy: episodes from fixed starts, without learning."""

import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from brax.envs.base import Env, State
from brax.training.agents.ppo.networks import PPONetworks
from flax import struct

from vnl_core.config import PPOConfig
from vnl_core.training.devices import on_one
from vnl_core.training.episodes import Episodes
from vnl_core.training.networks import PolicyParams, policy_function, strong_types
from vnl_core.training.ppo import ONCE

# Control steps between two looks at whether to stop and whether all episodes are over.
CHUNK = 50


@struct.dataclass
class _Progress:
    """Where an evaluation stands."""

    env_state: State
    key: jax.Array
    active: jax.Array
    """(num_eval_envs,) 1 where the episode still runs."""
    episode_metrics: dict[str, jax.Array]
    """Each (num_eval_envs,), frozen when the episode is over."""


class Evaluator:
    """Runs `num_eval_envs` episodes; with the same key, from the same starts.

    So two evaluations with one key differ only by their policies.
    """

    def __init__(self, env: Env, config: PPOConfig, episode_length: int, networks: PPONetworks):
        """Prepares; `compile` comes before the first evaluation.

        Args:
          env: environment whose reset and step take one simulation.
          config: how many episodes, and whether actions are sampled.
          episode_length: control steps after which an episode is cut.
          networks: those of the policies to come.
        """
        self._env = Episodes(env, episode_length)
        self._count = config.num_eval_envs
        self._steps = min(CHUNK, episode_length)
        self._act = policy_function(networks, config.deterministic_eval)

    def compile(self, params: PolicyParams, key: jax.Array) -> None:
        """Compile for parameters and a key like these, on one device."""
        params, key = on_one((params, key))
        start = jax.jit(self._start)
        progress = jax.eval_shape(start, key)
        self._begin = start.lower(key).compile(compiler_options=ONCE)
        chunk = jax.jit(self._chunk, donate_argnums=1)
        self._advance = chunk.lower(params, progress).compile()

    def evaluate(
        self, params: PolicyParams, key: jax.Array, stopping: Callable[[], bool] = lambda: False
    ) -> dict[str, float] | None:
        """Mean and deviation over the episodes under brax's names; None if `stopping` said so.

        Ends as soon as every episode has. `key` decides the starts and the samples.
        """
        began = time.perf_counter()
        params, key = on_one((params, key))
        progress = self._begin(key)
        steps = 0
        while bool(progress.active.any()):
            if stopping():
                return None
            progress = self._advance(params, progress)
            steps += self._steps * self._count
        elapsed = time.perf_counter() - began
        return {
            **_summary(jax.device_get(progress.episode_metrics)),
            "eval/epoch_eval_time": elapsed,
            "eval/sps": steps / elapsed,
        }

    def _start(self, key: jax.Array) -> _Progress:
        state = strong_types(self._env.reset(jax.random.split(key, self._count)))
        metrics = jax.tree.map(jnp.zeros_like, _episode_metrics(state))
        return _Progress(state, key, jnp.ones(self._count), metrics)

    def _chunk(self, params: PolicyParams, progress: _Progress) -> _Progress:
        def step(progress: _Progress, _: None) -> tuple[_Progress, None]:
            key, following = jax.random.split(progress.key)
            action = self._act(params, progress.env_state.obs, key)
            state = self._env.step(progress.env_state, action)
            metrics = jax.tree.map(
                lambda new, old: jnp.where(progress.active > 0, new, old),
                _episode_metrics(state),
                progress.episode_metrics,
            )
            active = jnp.where(state.done > 0, 0.0, progress.active)
            return _Progress(state, following, active, metrics), None

        return jax.lax.scan(step, progress, None, length=self._steps)[0]


def _episode_metrics(state: State) -> dict[str, jax.Array]:
    """Each (num_eval_envs,); ended/time is 1 where the episode was cut by its length."""
    return {**state.info["episode_metrics"], "ended/time": state.info["truncation"]}


def _summary(metrics: dict[str, np.ndarray]) -> dict[str, float]:
    lengths = metrics.pop("length")
    metrics = {"reward": metrics.pop("sum_reward"), **metrics}
    summary = {f"eval/episode_{name}": float(x.mean()) for name, x in metrics.items()}
    summary |= {f"eval/episode_{name}_std": float(x.std()) for name, x in metrics.items()}
    summary["eval/avg_episode_length"] = float(lengths.mean())
    summary["eval/std_episode_length"] = float(lengths.std())
    if {"gaps_crossed", "fell"} <= set(metrics):
        falls = float(metrics["fell"].sum())
        met = float(metrics["gaps_crossed"].sum()) + falls
        if met:  # No gaps met: the ratio is undefined.
            summary["eval/falls_per_gap"] = falls / met
    return summary
