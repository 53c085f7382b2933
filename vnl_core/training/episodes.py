"""From one environment to a batch of them that runs episode after episode."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from brax.envs.base import Env, State, Wrapper

from vnl_core.training.contract import for_training

# Kept in State.info next to what the env itself puts there; `unstable` is the env's own, if it
# has it, and of the step taken like the others.
BOOKKEEPING = ("steps", "truncation", "episode_done", "episode_metrics", "reset_key", "unstable")


class Episodes(Wrapper):
    """A batch of environments that counts steps, cuts episodes and sums up their metrics.

    Writes to State.info, under brax's names, arrays of shape (num_envs,):
      steps: control steps since the episode began.
      truncation: 1 where the episode was cut by its length rather than ended by the task.
      episode_done: 1 where the episode is over.
      episode_metrics: sum_reward, length and each metric of the env so far, those in
        `info["values"]` too; an env's `metric_kinds` says which are the mean or the last of the
        steps' values, the rest are sums. They start anew on the step after `episode_done`.
    """

    def __init__(self, env: Env, episode_length: int):
        """Wraps one environment.

        Args:
          env: environment whose reset and step take one simulation.
          episode_length: control steps after which an episode is cut.
        """
        self._trained = for_training(env)
        super().__init__(self._trained)
        self._length = episode_length
        self._kinds = self._trained.metric_kinds

    def reset(self, rng: jax.Array) -> State:
        """The first states of an evaluation, one an environment, from keys (num_envs, 2)."""
        return self._counted(jax.vmap(self._trained.evaluation_reset)(rng), rng)

    def begin(self, rng: jax.Array, before: State | None = None) -> State:
        """The first states of training episodes, which may depend on the episodes `before`."""
        begin = self._trained.begin
        if before is None:
            return self._counted(jax.vmap(begin)(rng), rng)
        return self._counted(jax.vmap(begin)(rng, before), rng)

    def _counted(self, state: State, rng: jax.Array) -> State:
        zeros = jnp.zeros(rng.shape[:1])
        names = ("sum_reward", "length", *_metrics(state))
        return state.replace(
            info={
                **state.info,
                "steps": zeros,
                "truncation": zeros,
                "episode_done": zeros,
                "episode_metrics": dict.fromkeys(names, zeros),
            }
        )

    def step(self, state: State, action: jax.Array) -> State:
        """One control step of every environment under `action` (num_envs, m)."""
        before = state.info
        inner = {name: x for name, x in before.items() if name not in BOOKKEEPING}
        state = jax.vmap(self.env.step)(state.replace(info=inner), action)
        steps: jax.Array = before["steps"] * (1 - before["episode_done"]) + 1
        cut = steps >= self._length
        done = jnp.where(cut, 1.0, state.done)
        book = {
            "steps": steps,
            "truncation": jnp.where(cut, 1 - state.done, 0.0),
            "episode_done": done,
            "episode_metrics": self._add_up(before, state, steps),
        }
        kept = {name: before[name] for name in ("reset_key",) if name in before}
        return state.replace(done=done, info={**state.info, **kept, **book})

    def _add_up(self, before: dict, state: State, steps: jax.Array) -> dict[str, jax.Array]:
        over = before["episode_done"] > 0
        sums: dict[str, Any] = {
            name: jnp.where(over, 0.0, x) for name, x in before["episode_metrics"].items()
        }
        combine: dict[str, Callable[[jax.Array, jax.Array], jax.Array]] = {
            "sum": lambda total, value: total + value,
            "mean": lambda mean, value: mean + (value - mean) / steps,
            "last": lambda _, value: value,
        }
        metrics = {
            name: combine[self._kinds.get(name, "sum")](sums[name], value)
            for name, value in _metrics(state).items()
        }
        return {"sum_reward": sums["sum_reward"] + state.reward, "length": steps, **metrics}


class FreshResets(Wrapper):
    """Starts the next episode from a new random state.

    Brax's own AutoResetWrapper returns to the first state of all, so that an environment
    meets one start for its whole life.
    """

    def __init__(self, env: Episodes):
        super().__init__(env)
        self._episodes = env

    def reset(self, rng: jax.Array) -> State:
        """The first states, from keys (num_envs, 2), as without this wrapper."""
        state = self._episodes.begin(rng)
        keys = jax.vmap(lambda key: jax.random.fold_in(key, 1))(rng)
        return state.replace(info={**state.info, "reset_key": keys})

    def step(self, state: State, action: jax.Array) -> State:
        """One control step; where the episode is over, the state is a fresh one.

        Reward, done, metrics and the episode's bookkeeping are those of the step taken.
        """
        state = self.env.step(state.replace(done=jnp.zeros_like(state.done)), action)
        return jax.lax.cond(state.done.any(), self._restart, lambda s: s, state)

    def _restart(self, state: State) -> State:
        keys = jax.vmap(jax.random.split)(state.info["reset_key"])  # (num_envs, 2, 2)
        fresh = self._episodes.begin(keys[:, 0], state)
        done = state.done > 0

        def choose(new: jax.Array, old: jax.Array) -> jax.Array:
            where = done.reshape(done.shape + (1,) * (old.ndim - 1))
            return jax.lax.select(jnp.broadcast_to(where, old.shape), new.astype(old.dtype), old)

        inner = {name: x for name, x in state.info.items() if name not in BOOKKEEPING}
        info = jax.tree.map(choose, {name: fresh.info[name] for name in inner}, inner)
        return state.replace(
            pipeline_state=jax.tree.map(choose, fresh.pipeline_state, state.pipeline_state),
            obs=jax.tree.map(choose, fresh.obs, state.obs),
            info={
                **state.info,
                **info,
                "reset_key": choose(keys[:, 1], state.info["reset_key"]),
            },
        )


def _metrics(state: State) -> dict[str, jax.Array]:
    """What the env measures: what adds up, and in info["values"] what does not."""
    metrics = {**state.metrics, **state.info.get("values", {})}
    # Brax's evaluator adds "reward"; it is summed up as sum_reward already.
    metrics.pop("reward", None)
    return metrics
