"""CorridorEnv: a walker in a corridor as a brax environment, over either physics engine."""

from typing import Any

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from brax.envs.base import State

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.config.terms import MetricKind, Quantity
from vnl_core.config.terms.terminations import Fall, Finished
from vnl_core.envs.layouts import Terrain, draw
from vnl_core.envs.step_context import StepContext
from vnl_core.envs.views import Views
from vnl_core.physics import PhysicsState, instability, make_physics
from vnl_core.presets import PRESETS
from vnl_core.scene import Layout, Scene, build

# The metrics of the seed notebook and where they come from, by reward term.
_SEED_REWARD_METRICS = {
    "forward_reward": "forward",
    "reward_linvel": "forward",
    "distance_reward": "distance",
    "reward_alive": "alive",
    "reward_quadctrl": "control_cost",
}
# Sums over an episode, in `State.metrics`: brax's own tools add up everything there.
_SUMS = (*_SEED_REWARD_METRICS, "gaps_met", "gaps_crossed", "progress", "fell", "finished")
# The other metrics, in `State.info["values"]`.
_VALUES: dict[str, MetricKind] = {
    "x_position": "last",
    "y_position": "last",
    "distance_from_origin": "last",
    "furthest_x": "last",
    "x_velocity": "mean",
    "y_velocity": "mean",
}


# The one cause of an end that is not a term: MuJoCo met NaN or huge values.
UNSTABLE = "unstable"


class CorridorEnv(Views):
    """Reset and step of one walker; vmap them for a batch, jit and scan them at will.

    Actions in [-1, 1] cover each actuator's control range. Rewards, observations and
    terminations are the terms that the task names. On new terrain (`task.terrain`) every
    reset draws a corridor, kept in `state.info["terrain"]`.

    `state.metrics` holds what adds up over an episode, since brax's wrappers and evaluator sum
    it: rewards, counts, and `progress`, the metres of new ground of the step.
    `state.info["values"]` holds what does not, such as positions and speeds. `metric_kinds`
    says for both how an episode's value comes from those of its steps: their sum, their mean,
    or the last one.

    Where the simulation becomes unstable the episode ends with the cause "unstable": that step
    pays nothing, and the state stays the one before it. `state.info["unstable"]` is then an
    index of `unstable_names`, otherwise 0.
    """

    def __init__(
        self,
        scene: Scene | SceneConfig | None = None,
        task: TaskConfig | None = None,
        engine: str = "auto",
        threads: int = 0,
        probed: bool = False,
    ):
        """Builds the scene if need be, and its physics.

        Args:
          scene: a built scene or its config; the seed notebook's when None.
          task: terms and weights; the seed notebook's when None.
          engine: "native", "mjx" or "auto".
          threads: threads of the native engine; 0 for one per processor.
          probed: whether the physics carries what `physics.probe` measures; native alone.

        Raises:
          ValueError: the engine cannot run the scene.
        """
        seed = PRESETS["seed-notebook"].run
        self.scene = scene if isinstance(scene, Scene) else build(scene or seed.scene)
        self.task = task or seed.task
        if taken := [name for name in self.task.metrics if name in (*_SUMS, *_VALUES)]:
            raise ValueError(
                f"task.metrics: {', '.join(taken)} is a metric that every environment has. "
                "Give your own another name."
            )
        self._new_terrain = self.task.terrain == "new"
        extras: list[Quantity] = [name for term in self.task.terms for name in term.needs]
        super().__init__(
            make_physics(self.scene, engine, threads, extras, self._new_terrain, probed)
        )
        self._terrain = Terrain.of(self.scene.layout)
        self.dt = self.scene.config.control_timestep
        model = self.scene.model
        self._start = jnp.asarray(self.scene.qpos, jnp.float32)
        self._control_low, self._control_high = model.actuator_ctrlrange.T.astype(np.float32)
        self._spawn_x = float(self.scene.config.spawn_position[0])
        kinds, firsts = model.jnt_type, model.jnt_qposadr
        balls = firsts[kinds == mujoco.mjtJoint.mjJNT_BALL]
        self._quaternions = [*(firsts[kinds == mujoco.mjtJoint.mjJNT_FREE] + 3), *balls]
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
        terms = jax.eval_shape(self._first_observations, jax.random.PRNGKey(0))
        # JAX sorts what it returns by name; the observation keeps the order of the task.
        self._observation_terms = {name: terms[name].shape[0] for name in self.task.observations}

    @property
    def metric_kinds(self) -> dict[str, MetricKind]:
        """For every metric, how an episode's value comes from those of its steps."""
        kinds: dict[str, MetricKind] = dict.fromkeys(_SUMS, "sum")
        kinds |= _VALUES
        kinds.update((f"reward/{name}", "sum") for name in self.task.rewards)
        kinds.update((f"ended/{name}", "sum") for name in (*self.task.terminations, UNSTABLE))
        kinds.update((name, metric.kind) for name, metric in self.task.metrics.items())
        if self.task.curriculum:
            kinds["difficulty"] = "last"
        return kinds

    @property
    def unstable_names(self) -> tuple[str, ...]:
        """The degree of freedom that each value of `state.info["unstable"]` means; "" for 0."""
        return instability.names(self.physics.model)

    @property
    def observation_terms(self) -> dict[str, int]:
        """How many components of the observation each term gives, in their order."""
        return dict(self._observation_terms)

    @property
    def observation_size(self) -> int:
        """Components of the observation."""
        return sum(self._observation_terms.values())

    @property
    def action_size(self) -> int:
        """Components of an action: the walker's actuators."""
        return self.scene.model.nu

    @property
    def backend(self) -> str:
        """Name of the physics engine."""
        return self.physics.name

    @property
    def simulates_on_host(self) -> bool:
        """Whether physics is called back from the compiled program, outside of XLA."""
        return self.physics.on_host

    @property
    def described(self) -> str:
        """Walker and timestep, for an error about the simulation."""
        config = self.scene.config
        return f"{config.walker} at physics steps of {config.physics_timestep:g} s"

    def reset(self, rng: jax.Array) -> State:
        """The start pose with uniform noise on positions and velocities.

        With a curriculum the corridor has its first difficulty, as training begins.
        """
        first = self.task.curriculum_start if self.task.curriculum else 1.0
        return self._reset(rng, jnp.float32(first))

    def evaluation_reset(self, rng: jax.Array) -> State:
        """A reset whose gaps are as configured, whatever the curriculum."""
        return self._reset(rng, jnp.ones(()))

    def begin(self, rng: jax.Array, before: State | None = None) -> State:
        """A reset whose difficulty is the curriculum's: its first, or the one after `before`."""
        if not self.task.curriculum or before is None:
            return self.reset(rng)
        return self._reset(rng, self._next_difficulty(before))

    def _next_difficulty(self, before: State) -> jax.Array:
        """The curriculum's difficulty after the episode that ended in `before`, ()."""
        terrain, info = self.terrain(before), before.info
        met = terrain.gaps_met(info["reached_x"])
        share = terrain.gaps_behind(info["furthest_x"]) / jnp.maximum(met, 1.0)
        threshold = self.task.curriculum_threshold
        harder = (share >= threshold).astype(jnp.float32) - (share < threshold / 2)
        step = jnp.where(met > 0, harder, 0.0) * self.task.curriculum_step
        return jnp.clip(info["difficulty"] + step, 0.0, 1.0)

    def terrain(self, state: State) -> Terrain:
        """The terrain that the environment in `state` has."""
        return state.info["terrain"] if self._new_terrain else self._terrain

    def layout(self, state: State) -> Layout:
        """The same in plain numbers: `build(config, layout)` is the scene it really has."""
        return self.terrain(state).layout() if self._new_terrain else self.scene.layout

    def _reset(self, rng: jax.Array, difficulty: jax.Array) -> State:
        key_qpos, key_qvel = jax.random.split(rng)
        noise = self.task.reset_noise
        qpos = self._start + jax.random.uniform(
            key_qpos, self._start.shape, minval=-noise, maxval=noise
        )
        # MJX makes unit quaternions at once, MuJoCo's C at the end of the first step.
        for first in self._quaternions:
            turn = qpos[first : first + 4]
            qpos = qpos.at[first : first + 4].set(turn / jnp.linalg.norm(turn))
        qvel = jax.random.uniform(key_qvel, (self.scene.model.nv,), minval=-noise, maxval=noise)
        terrain, boxes = self._terrain, None
        info: dict[str, Any] = {}
        if self._new_terrain:
            terrain = draw(self.scene.config, jax.random.fold_in(rng, 1), difficulty)
            boxes, info = terrain.boxes(), {"terrain": terrain}
        zero = jnp.zeros((), jnp.float32)
        if self.task.curriculum:
            info |= {"difficulty": difficulty, "terrain_key": rng, "begun": zero}
        physics = self.physics.init(qpos, qvel, boxes)
        step = self._at_rest(physics, terrain)
        start = step.root[0]
        info["action"] = jnp.zeros(self.action_size, jnp.float32)
        info |= {"furthest_x": start, "reached_x": start, UNSTABLE: jnp.zeros((), jnp.int32)}
        info["values"] = self._values(step, info)
        metrics = {name: zero for name, kind in self.metric_kinds.items() if kind == "sum"}
        return State(physics, self._observe(step), zero, zero, metrics, info)

    def step(self, state: State, action: jax.Array) -> State:
        """One control step under `action` (nu,) in [-1, 1]; beyond that it is clipped."""
        state = self._begun(state)
        before: PhysicsState = state.pipeline_state  # type: ignore[assignment]
        action = jnp.clip(jnp.asarray(action, jnp.float32), -1.0, 1.0)
        ctrl = self.control(action)
        stepped = self.physics.step(before, ctrl)
        unstable = stepped.unstable
        physics = jax.tree.map(lambda new, old: jnp.where(unstable > 0, old, new), stepped, before)
        physics = physics.replace(unstable=unstable)
        terrain = self.terrain(state)
        root = self.root_position(physics)
        # Below the platforms x does not count: a walker that fell in has not crossed.
        above = root[2] > terrain.floor(root[0])
        before_x, reached_before = state.info["furthest_x"], state.info["reached_x"]
        furthest = jnp.maximum(before_x, jnp.asarray(jnp.where(above, root[0], before_x)))
        front = jnp.maximum(root[0], jnp.max(physics.end_effectors[:, 0]))
        reached = jnp.maximum(reached_before, jnp.asarray(jnp.where(above, front, reached_before)))
        step = StepContext(
            physics=physics,
            root=root,
            velocity=(physics.subtree_com - before.subtree_com) / self.dt,
            ctrl=ctrl,
            action=action,
            previous_action=state.info["action"],
            crossed=terrain.gaps_behind(furthest) - terrain.gaps_behind(before_x),
            terrain=terrain,
            healthy_height=self.task.healthy_height,
            dt=self.dt,
        )
        rewards = {
            name: jnp.asarray(jnp.where(unstable > 0, 0.0, reward.weight * reward.value(step)))
            for name, reward in self.task.rewards.items()
        }
        ends = {name: term.value(step) for name, term in self.task.terminations.items()}
        ends[UNSTABLE] = (unstable > 0).astype(jnp.float32)
        info = {
            **state.info,
            "action": action,
            "furthest_x": furthest,
            "reached_x": reached,
            UNSTABLE: unstable,
        }
        return state.replace(  # type: ignore[attr-defined]
            pipeline_state=physics,
            obs=self._observe(step),
            reward=jnp.asarray(sum(rewards.values()), jnp.float32),
            done=jnp.max(jnp.stack([jnp.zeros((), jnp.float32), *ends.values()])),
            metrics={
                **state.metrics,
                **self._sums(step, rewards),
                "gaps_met": terrain.gaps_met(reached) - terrain.gaps_met(reached_before),
                "progress": furthest - before_x,
                **{f"ended/{term}": value for term, value in ends.items()},
            },
            info={**info, "values": self._values(step, info)},
        )

    def _begun(self, state: State) -> State:
        """`state` with what an episode carries, as it must be before the episode's first step.

        Brax's AutoResetWrapper puts back the first physics state, but not what info carries; and
        the corridor that it puts back is the first one, which a curriculum has left behind.
        """
        physics: PhysicsState = state.pipeline_state  # type: ignore[assignment]
        begins, info = physics.time <= 0, dict(state.info)
        if self.task.curriculum:
            again = begins & (info["begun"] > 0)
            key, following = jax.random.split(info["terrain_key"])
            difficulty = jnp.where(again, self._next_difficulty(state), info["difficulty"])
            difficulty = jnp.asarray(difficulty)
            terrain = draw(self.scene.config, key, difficulty)

            def choose(new, old):
                return jax.tree.map(lambda *both: jnp.where(again, *both), new, old)

            physics = physics.replace(boxes=choose(terrain.boxes(), physics.boxes))
            info |= {
                "terrain": choose(terrain, info["terrain"]),
                "terrain_key": choose(following, info["terrain_key"]),
                "difficulty": difficulty,
                "begun": jnp.ones((), jnp.float32),
            }
        start = self.root_position(physics)[0]
        for name in ("furthest_x", "reached_x"):
            info[name] = jnp.where(begins, jnp.minimum(info[name], start), info[name])
        info["action"] = jnp.where(begins, jnp.zeros_like(info["action"]), info["action"])
        return state.replace(pipeline_state=physics, info=info)  # type: ignore[attr-defined]

    def control(self, action: jax.Array) -> jax.Array:
        """The controls (nu,) for an action in [-1, 1]."""
        low, high = self._control_low, self._control_high
        return low + (jnp.clip(action, -1.0, 1.0) + 1.0) / 2.0 * (high - low)

    def root_position(self, physics: PhysicsState) -> jax.Array:
        """Position of the walker's root body, (3,), exactly that of `physics.qpos`."""
        if not self._floats:
            start, axes = (jnp.asarray(part, jnp.float32) for part in self._slide)
            return start + axes @ physics.qpos[:3]
        quaternion = physics.qpos[3:7] / jnp.linalg.norm(physics.qpos[3:7])
        return physics.qpos[:3] + _rotate(quaternion, jnp.asarray(self._root_offset, jnp.float32))

    def _at_rest(self, physics: PhysicsState, terrain: Terrain) -> StepContext:
        """What a reset observes, before the first control step."""
        still = jnp.zeros(self.action_size)
        return StepContext(
            physics=physics,
            root=self.root_position(physics),
            velocity=jnp.zeros(3),
            ctrl=still,
            action=still,
            previous_action=still,
            crossed=jnp.zeros((), jnp.float32),
            terrain=terrain,
            healthy_height=self.task.healthy_height,
            dt=self.dt,
        )

    def _observations(self, step: StepContext) -> dict[str, jax.Array]:
        return {name: term.value(step) for name, term in self.task.observations.items()}

    def _first_observations(self, rng: jax.Array) -> dict[str, jax.Array]:
        state = self.reset(rng)
        physics: PhysicsState = state.pipeline_state  # type: ignore[assignment]
        return self._observations(self._at_rest(physics, self.terrain(state)))

    def _observe(self, step: StepContext) -> jax.Array:
        terms = self._observations(step)
        return jnp.concatenate(list(terms.values())).astype(jnp.float32)

    def _sums(self, step: StepContext, rewards) -> dict[str, jax.Array]:
        """What the step adds to an episode's sums."""
        zero = jnp.zeros((), jnp.float32)
        fall = self.task.terminations.get("fall", Fall())
        return {
            **{f"reward/{name}": value for name, value in rewards.items()},
            **{name: rewards.get(term, zero) for name, term in _SEED_REWARD_METRICS.items()},
            "gaps_crossed": step.crossed,
            "fell": fall.value(step),
            "finished": Finished().value(step),
            **self._metrics(step, sums=True),
        }

    def _metrics(self, step: StepContext, sums: bool) -> dict[str, jax.Array]:
        """A lab's own metrics: the sums, or the others."""
        return {
            name: jnp.asarray(metric.value(step), jnp.float32)
            for name, metric in self.task.metrics.items()
            if (metric.kind == "sum") == sums
        }

    def _values(self, step: StepContext, info: dict[str, Any]) -> dict[str, jax.Array]:
        """The metrics that are not sums."""
        values = {
            "x_position": step.root[0],
            "y_position": step.root[1],
            "distance_from_origin": step.root[0] - self._spawn_x,
            "furthest_x": info["furthest_x"],
            "x_velocity": step.velocity[0],
            "y_velocity": step.velocity[1],
            **self._metrics(step, sums=False),
        }
        if self.task.curriculum:
            values["difficulty"] = info["difficulty"]
        return values


def _rotate(quaternion: jax.Array, vector: jax.Array) -> jax.Array:
    """`vector` (3,) turned by the unit `quaternion` (w, x, y, z)."""
    w, axis = quaternion[0], quaternion[1:]
    return vector + 2.0 * jnp.cross(axis, jnp.cross(axis, vector) + w * vector)


def make_env(
    scene: Scene | SceneConfig, task: TaskConfig, engine: str = "auto", threads: int = 0
) -> CorridorEnv:
    """The environment of a scene and a task on an engine; see CorridorEnv."""
    return CorridorEnv(scene, task, engine, threads)
