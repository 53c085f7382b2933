"""One episode of a policy: compiled once, simulated in chunks, returned as plain arrays."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from vnl_core.config import RolloutConfig
from vnl_core.envs import UNSTABLE, CorridorEnv, make_env
from vnl_core.policies import Policy, make_policy
from vnl_core.rollout.progress import (
    Cancelled,
    OnProgress,
    checkpoint_name,
    ended_unstable,
    silent,
    steps_of,
)
from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory

# Control steps between two looks at progress and cancel. Compiled once for any duration.
CHUNK = 50


class Row(NamedTuple):
    """What is kept of every control step."""

    time: Any
    qpos: Any
    qvel: Any
    root: Any
    ctrl: Any
    reward: Any
    done: Any
    metrics: Any
    unstable: Any


class Simulator:
    """Rollouts of one scene, task and engine; keeps what it has compiled for the next."""

    def __init__(self, scene: Scene, config: RolloutConfig):
        """Builds the environment that `config` names.

        Raises:
          ValueError: the engine cannot run the scene.
        """
        # On the corridor that was designed and previewed, not on another one like it.
        task = config.task.changed(terrain="fixed", curriculum=False)
        self.env: CorridorEnv = make_env(scene, task, config.engine)
        self._reset = jax.jit(self.env.evaluation_reset)
        self._compiled: dict[tuple, Any] = {}

    def run(
        self,
        config: RolloutConfig,
        on_progress: OnProgress = silent,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Trajectory:
        """Simulates `config.seconds`, or to the end of the episode if that comes first.

        Where the simulation becomes unstable it ends in any case: there is nothing to go on from.

        Raises:
          Cancelled: `cancelled()` became true; it is asked before every chunk.
          ValueError, FileNotFoundError: the checkpoint does not fit.
        """
        policy = make_policy(config, self.env.scene)
        key = jax.random.PRNGKey(config.seed)
        key_reset, key_policy = jax.random.split(key)
        on_progress("compiling", 0.0)
        state = self._reset(key_reset)
        chunk = self._chunk(policy, state, key_policy)
        first = jax.device_get(self._row(state, jnp.zeros(self.env.action_size)))
        rows: list[Row] = []
        total = steps_of(config)
        on_progress("simulating", 0.0)
        for start in range(0, total, CHUNK):
            if cancelled():
                raise Cancelled
            state, out = chunk(state, policy.params, key_policy, jnp.int32(start))
            rows.append(jax.device_get(out))
            on_progress("simulating", min(1.0, (start + CHUNK) / total))
            over = rows[-1].done if config.stop_at_end else rows[-1].unstable
            if over.any():
                break
        joined = jax.tree.map(lambda *parts: np.concatenate(parts), *rows)
        return self._trajectory(config, first, joined, total)

    def _chunk(self, policy: Policy, state, key):
        """The compiled chunk of this policy's program; its parameters are arguments."""
        if policy.program not in self._compiled:

            def chunk(state, params, key, start):
                def step(state, index):
                    action = policy.act(
                        params, state.obs, state.pipeline_state.time, jax.random.fold_in(key, index)
                    )
                    state = self.env.step(state, action)
                    return state, self._row(state, self.env.control(action))

                return jax.lax.scan(step, state, start + jnp.arange(CHUNK))

            lowered = jax.jit(chunk).lower(state, policy.params, key, jnp.int32(0))
            self._compiled[policy.program] = lowered.compile()
        return self._compiled[policy.program]

    def _row(self, state, ctrl) -> Row:
        physics = state.pipeline_state
        root = self.env.root_position(physics)
        return Row(
            physics.time,
            physics.qpos,
            physics.qvel,
            root,
            ctrl,
            state.reward,
            state.done,
            {**state.metrics, **state.info["values"]},
            state.info[UNSTABLE],
        )

    def _trajectory(self, config: RolloutConfig, first: Row, rows: Row, total: int) -> Trajectory:
        count = total
        limit = config.task.episode_length
        ended = ""
        over = (rows.done if config.stop_at_end else rows.unstable)[:total]
        if over.any():
            count = int(np.argmax(over > 0)) + 1
            ended = self._cause(rows, count - 1)
        elif config.stop_at_end and total == limit:
            ended = "time"

        def states(name: str) -> np.ndarray:
            return np.concatenate([getattr(first, name)[None], getattr(rows, name)[:count]])

        metrics = {name: values[:count] for name, values in rows.metrics.items()}
        return Trajectory.record(
            self.env.scene,
            task=config.task,
            engine=self.env.backend,
            policy=config.policy,
            checkpoint=checkpoint_name(config),
            seed=config.seed,
            control_timestep=self.env.dt,
            time=states("time"),
            qpos=states("qpos"),
            qvel=states("qvel"),
            root_position=states("root"),
            ctrl=rows.ctrl[:count],
            reward=rows.reward[:count],
            rewards={
                name.removeprefix("reward/"): values
                for name, values in metrics.items()
                if name.startswith("reward/")
            },
            metrics={
                name: values
                for name, values in metrics.items()
                if not name.startswith(("reward/", "ended/"))
            },
            ended=ended,
        )

    def _cause(self, rows: Row, last: int) -> str:
        if code := rows.unstable[last]:
            return ended_unstable(self.env.unstable_names[code])
        terms = self.env.task.terminations
        return " and ".join(term for term in terms if rows.metrics[f"ended/{term}"][last])
