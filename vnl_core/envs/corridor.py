"""CorridorEnv: a walker in a corridor as a brax environment, over either physics engine."""

from typing import Literal

import brax.envs
import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from brax.envs.base import Env, State

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.envs.moment import Moment, Terrain
from vnl_core.envs.observations import OBSERVATIONS
from vnl_core.envs.rewards import REWARDS
from vnl_core.envs.terminations import TERMINATIONS, fall, finished
from vnl_core.physics import EXTRAS, Extra, PhysicsState, make_physics
from vnl_core.presets import PRESETS
from vnl_core.scene import Scene, build

MetricKind = Literal["sum", "mean", "last"]

# The metrics of the seed notebook and where they come from, by reward term.
_SEED_REWARD_METRICS = {
    "forward_reward": "forward",
    "reward_linvel": "forward",
    "distance_reward": "distance",
    "reward_alive": "alive",
    "reward_quadctrl": "control_cost",
}
_KINDS: dict[str, MetricKind] = {
    **dict.fromkeys(_SEED_REWARD_METRICS, "sum"),
    "x_position": "last",
    "y_position": "last",
    "distance_from_origin": "last",
    "x_velocity": "mean",
    "y_velocity": "mean",
    "gaps_crossed": "sum",
    "furthest_x": "last",
    "fell": "sum",
    "finished": "sum",
}


class CorridorEnv(Env):
    """Reset and step of one walker; vmap them for a batch, jit and scan them at will.

    Actions in [-1, 1] cover each actuator's control range. Rewards, observations and
    terminations are the terms that the task names. `state.metrics` holds the values of
    the step; `metric_kinds` says how an episode's value comes from them: their sum, their
    mean, or the last one.
    """

    def __init__(
        self,
        scene: Scene | SceneConfig | None = None,
        task: TaskConfig | None = None,
        engine: str = "auto",
        threads: int = 0,
    ):
        """Builds the scene if need be, and its physics.

        Args:
          scene: a built scene or its config; the seed notebook's when None.
          task: terms and weights; the seed notebook's when None.
          engine: "native", "mjx" or "auto".
          threads: threads of the native engine; 0 for one per processor.

        Raises:
          ValueError: the engine cannot run the scene.
        """
        seed = PRESETS["seed-notebook"].run
        self.scene = scene if isinstance(scene, Scene) else build(scene or seed.scene)
        self.task = task or seed.task
        extras: list[Extra] = [name for name in EXTRAS if name in self.task.observations]
        self.physics = make_physics(self.scene, engine, threads, extras)
        self.terrain = Terrain.of(self.scene.layout)
        self.dt = self.scene.config.control_timestep
        model = self.scene.model
        self._start = jnp.asarray(self.scene.qpos, jnp.float32)
        self._control_low, self._control_high = model.actuator_ctrlrange.T.astype(np.float32)
        self._spawn_x = float(self.scene.config.spawn_position[0])
        # The root body hangs rigidly on the free joint's body (ant and rodent: an offset), or
        # slides along the axes of the spawn's frame.
        data = self.scene.data()
        self._floats = model.jnt_type[0] == mujoco.mjtJoint.mjJNT_FREE
        self._root_offset = np.zeros(3)
        frame = model.body_parentid[self.scene.root_id]
        if frame:
            rotation = data.xmat[frame].reshape(3, 3)
            self._root_offset = rotation.T @ (data.xpos[self.scene.root_id] - data.xpos[frame])
        self._slide = (data.xpos[self.scene.root_id].copy(), data.xmat[frame].reshape(3, 3).copy())
        self._observation_size = int(
            jax.eval_shape(self.reset, jax.random.PRNGKey(0)).obs.shape[-1]
        )

    @property
    def metric_kinds(self) -> dict[str, MetricKind]:
        """For every metric, how an episode's value comes from those of its steps."""
        kinds = dict(_KINDS)
        kinds.update((f"reward/{name}", "sum") for name in self.task.rewards)
        kinds.update((f"ended/{name}", "sum") for name in self.task.terminations)
        return kinds

    @property
    def observation_size(self) -> int:
        return self._observation_size

    @property
    def action_size(self) -> int:
        return self.scene.model.nu

    @property
    def backend(self) -> str:
        return self.physics.name

    def reset(self, rng: jax.Array) -> State:
        """The start pose with uniform noise on positions and velocities."""
        key_qpos, key_qvel = jax.random.split(rng)
        noise = self.task.reset_noise
        qpos = self._start + jax.random.uniform(
            key_qpos, self._start.shape, minval=-noise, maxval=noise
        )
        qvel = jax.random.uniform(key_qvel, (self.scene.model.nv,), minval=-noise, maxval=noise)
        physics = self.physics.init(qpos, qvel)
        zero = jnp.zeros((), jnp.float32)
        root = self.root_position(physics)
        moment = Moment(physics, root, jnp.zeros(3), jnp.zeros(self.action_size), zero)
        metrics = {
            **dict.fromkeys(self.metric_kinds, zero),
            "x_position": root[0],
            "y_position": root[1],
            "distance_from_origin": root[0] - self._spawn_x,
            "furthest_x": root[0],
        }
        info = {"furthest_x": root[0]}
        return State(physics, self._observe(moment), zero, zero, metrics, info)

    def step(self, state: State, action: jax.Array) -> State:
        """One control step under `action` (nu,) in [-1, 1]; beyond that it is clipped."""
        before: PhysicsState = state.pipeline_state  # type: ignore[assignment]
        ctrl = self.control(action)
        physics = self.physics.step(before, ctrl)
        root = self.root_position(physics)
        # Under the platforms x tells nothing: who fell in has not crossed.
        before_x = state.info["furthest_x"]
        furthest = jnp.maximum(before_x, jnp.asarray(jnp.where(root[2] > 0, root[0], before_x)))
        moment = Moment(
            physics=physics,
            root=root,
            velocity=(physics.subtree_com - before.subtree_com) / self.dt,
            ctrl=ctrl,
            crossed=self.terrain.gaps_behind(furthest) - self.terrain.gaps_behind(before_x),
        )
        rewards = self._rewards(moment)
        ends = {
            term: TERMINATIONS[term](moment, self.terrain, self.task)
            for term in self.task.terminations
        }
        return state.replace(  # type: ignore[attr-defined]
            pipeline_state=physics,
            obs=self._observe(moment),
            reward=jnp.asarray(sum(rewards.values()), jnp.float32),
            done=jnp.max(jnp.stack([jnp.zeros((), jnp.float32), *ends.values()])),
            metrics={
                **state.metrics,
                **self._metrics(moment, rewards, furthest),
                **{f"ended/{term}": value for term, value in ends.items()},
            },
            info={**state.info, "furthest_x": furthest},
        )

    def control(self, action: jax.Array) -> jax.Array:
        """The controls (nu,) that an action in [-1, 1] stands for."""
        low, high = self._control_low, self._control_high
        return low + (jnp.clip(action, -1.0, 1.0) + 1.0) / 2.0 * (high - low)

    def root_position(self, physics: PhysicsState) -> jax.Array:
        """Position of the walker's root body, (3,), exactly that of `physics.qpos`."""
        if not self._floats:
            start, axes = (jnp.asarray(part, jnp.float32) for part in self._slide)
            return start + axes @ physics.qpos[:3]
        quaternion = physics.qpos[3:7] / jnp.linalg.norm(physics.qpos[3:7])
        return physics.qpos[:3] + _rotate(quaternion, jnp.asarray(self._root_offset, jnp.float32))

    def _observe(self, moment: Moment) -> jax.Array:
        terms = [OBSERVATIONS[t](moment, self.terrain, self.task) for t in self.task.observations]
        return jnp.concatenate(terms).astype(jnp.float32)

    def _rewards(self, moment: Moment) -> dict[str, jax.Array]:
        return {
            name: weight * REWARDS[name](moment, self.terrain, self.task, self.dt)
            for name, weight in self.task.rewards.items()
        }

    def _metrics(self, moment: Moment, rewards, furthest) -> dict[str, jax.Array]:
        zero = jnp.zeros((), jnp.float32)
        return {
            **{f"reward/{name}": value for name, value in rewards.items()},
            **{name: rewards.get(term, zero) for name, term in _SEED_REWARD_METRICS.items()},
            "x_position": moment.root[0],
            "y_position": moment.root[1],
            "distance_from_origin": moment.root[0] - self._spawn_x,
            "x_velocity": moment.velocity[0],
            "y_velocity": moment.velocity[1],
            "gaps_crossed": moment.crossed,
            "furthest_x": furthest,
            "fell": fall(moment, self.terrain, self.task),
            "finished": finished(moment, self.terrain, self.task),
        }


def _rotate(quaternion: jax.Array, vector: jax.Array) -> jax.Array:
    """`vector` (3,) turned by the unit `quaternion` (w, x, y, z)."""
    w, axis = quaternion[0], quaternion[1:]
    return vector + 2.0 * jnp.cross(axis, jnp.cross(axis, vector) + w * vector)


def make_env(
    scene: Scene | SceneConfig, task: TaskConfig, engine: str = "auto", threads: int = 0
) -> CorridorEnv:
    """The environment of a scene and a task on an engine; see CorridorEnv."""
    return CorridorEnv(scene, task, engine, threads)


brax.envs.register_environment("walker", CorridorEnv)
