"""One episode of a policy: compiled once, simulated in chunks, returned as plain arrays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from dm_control.rl.control import PhysicsError

from vnl_core.config import RolloutConfig
from vnl_core.envs import UNSTABLE, CorridorEnv, make_env
from vnl_core.policies import Policy, make_policy
from vnl_core.scene import Scene, build
from vnl_core.scene.instability import gave_up
from vnl_core.scene.task import composer_environment
from vnl_core.trajectory import Trajectory

# Control steps between two looks at progress and cancel. Compiled once for any duration.
CHUNK = 50

Phase = Literal["compiling", "simulating"]
OnProgress = Callable[[Phase, float], None]


class Cancelled(Exception):
    """The user asked for the end of a rollout before it was done."""


def _silent(phase: Phase, progress: float) -> None:
    pass


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
        on_progress: OnProgress = _silent,
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
            return _unstable(self.env.unstable_names[code])
        terms = self.env.task.terminations
        return " and ".join(term for term in terms if rows.metrics[f"ended/{term}"][last])


def _unstable(broken: str) -> str:
    """The end of an episode in which `broken`, a degree of freedom, took a huge value or NaN."""
    return f"{UNSTABLE} ({broken})"


def steps_of(config: RolloutConfig) -> int:
    """Control steps that a rollout has at most; the episode's length where it stops there."""
    steps = max(1, round(config.seconds / config.scene.control_timestep))
    return min(steps, config.task.episode_length) if config.stop_at_end else steps


def checkpoint_name(config: RolloutConfig) -> str:
    """RUN/STEP of the checkpoint policy, "" for any other."""
    if config.policy != "checkpoint" or config.checkpoint is None:
        return ""
    path = Path(config.checkpoint)
    return f"{path.parents[1].name}/{int(path.name)}"


def simulate_dm_control(
    scene: Scene,
    config: RolloutConfig,
    on_progress: OnProgress = _silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> Trajectory:
    """The rollout in dm_control's own environment loop, with its reward and termination.

    The start pose carries no noise. The controls are those of the other engines for the
    same seed.

    Raises:
      Cancelled: `cancelled()` became true.
      ValueError: a checkpoint policy was asked for; dm_control's observations are not ours.
    """
    if config.policy == "checkpoint":
        raise ValueError(
            "engine: dm_control's observations are not those a checkpoint was trained on. "
            "Use the native engine."
        )
    policy = make_policy(config, scene)
    key = jax.random.split(jax.random.PRNGKey(config.seed))[1]
    act = jax.jit(lambda time, i: policy.act(policy.params, None, time, jax.random.fold_in(key, i)))  # type: ignore[arg-type]
    low, high = scene.model.actuator_ctrlrange.T
    environment = composer_environment(config.scene, config.task)
    environment.reset()
    physics = environment.physics
    assert physics is not None
    root = physics.model.name2id(scene.walker.root_body, "body")

    def state() -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        data = physics.data
        return float(data.time), data.qpos.copy(), data.qvel.copy(), data.xpos[root].copy()

    states, ctrls, rewards, ended = [state()], [], [], ""
    total = steps_of(config)
    for i in range(total):
        if cancelled():
            raise Cancelled
        action = np.asarray(act(states[-1][0], i))
        ctrls.append(low + (np.clip(action, -1, 1) + 1) / 2 * (high - low))
        try:
            timestep = environment.step(ctrls[-1])
        except PhysicsError:
            # MuJoCo may have started over: as elsewhere the state stays the one before.
            broken = gave_up(physics.model.ptr, physics.data.ptr)
            states.append(states[-1])
            rewards.append(0.0)
            ended = _unstable(broken)
            break
        states.append(state())
        rewards.append(float(timestep.reward or 0.0))
        on_progress("simulating", (i + 1) / total)
        if timestep.last() and config.stop_at_end:
            ended = "time" if timestep.discount else "fall"
            break
    time, qpos, qvel, position = (np.stack(column) for column in zip(*states, strict=True))
    reward = np.array(rewards)
    return Trajectory.record(
        scene,
        task=config.task,
        engine="dm_control",
        policy=config.policy,
        seed=config.seed,
        control_timestep=config.scene.control_timestep,
        time=time,
        qpos=qpos,
        qvel=qvel,
        root_position=position,
        ctrl=np.stack(ctrls),
        reward=reward,
        rewards={"target_speed": reward},
        metrics={"gaps_crossed": _gaps_crossed(scene, position)},
        ended=ended,
    )


def _gaps_crossed(scene: Scene, position: np.ndarray) -> np.ndarray:
    """Gaps crossed for the first time in each step, (T,), from root positions (T + 1, 3)."""
    ends = np.array([gap.end for gap in scene.layout.gaps])
    furthest = scene.layout.furthest(position)
    return np.diff((ends < furthest[:, None]).sum(axis=1)).astype(float)


class Simulators:
    """The simulators of the last few scenes, kept warm."""

    def __init__(self, keep: int = 6):
        self._keep = keep
        self._kept: dict[tuple[str, str, str], Simulator] = {}

    def run(
        self,
        scene: Scene,
        config: RolloutConfig,
        on_progress: OnProgress = _silent,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Trajectory:
        """The rollout of `config` on the engine it names; see Simulator.run."""
        if config.engine == "dm_control":
            return simulate_dm_control(scene, config, on_progress, cancelled)
        key = (config.scene.to_json(), config.task.to_json(), config.engine)
        simulator = self._kept.pop(key, None) or Simulator(scene, config)
        self._kept[key] = simulator  # the newest last
        while len(self._kept) > self._keep:
            self._kept.pop(next(iter(self._kept)))
        return simulator.run(config, on_progress, cancelled)


def rollout(config: RolloutConfig) -> Trajectory:
    """One rollout, for a notebook: builds the scene, compiles and simulates."""
    return Simulators().run(build(config.scene), config)
