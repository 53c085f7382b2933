"""Many episodes of a checkpoint at once, recorded in every physics step."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import mujoco
import numpy as np

from vnl_core.config import RunConfig
from vnl_core.envs import UNSTABLE, CorridorEnv
from vnl_core.physics import probe
from vnl_core.rollout.progress import Cancelled
from vnl_core.scene import Scene
from vnl_core.study.recording import Recording
from vnl_core.training.activations import look
from vnl_core.training.checkpoint import load_policy
from vnl_core.training.evaluation import CHUNK
from vnl_core.training.networks import make_networks, policy_function
from vnl_core.trajectory.observed import gaps


class Recorder:
    """Episodes of one checkpoint in one condition; compiled once for batches of one size."""

    def __init__(self, checkpoint: Path, config: RunConfig, deterministic: bool, activations: bool):
        """Builds the environment of `config`, each episode on a corridor of its own.

        Args:
          checkpoint: a folder runs/<id>/checkpoints/<step>.
          config: the run's, with the condition's changes.
          deterministic: act by the mode rather than by samples.
          activations: whether the hidden layers are recorded.

        Raises:
          FileNotFoundError, ValueError: the checkpoint is missing, broken or of another task.
        """
        self._saved = saved = load_policy(checkpoint, deterministic)
        task = config.task.changed(curriculum=False, terrain="new")
        if not task.sees_as(saved.config.task):
            raise ValueError(
                "task.observations: the checkpoint was trained to see otherwise. Leave them as in "
                "the run."
            )
        self._env = CorridorEnv(config.scene, task, "native", config.threads, probed=True)
        if (self._env.observation_size, self._env.action_size) != (
            saved.observation_size,
            saved.action_size,
        ):
            raise ValueError(
                "scene.walker: the checkpoint drives another walker. Keep the one it was trained "
                "with."
            )
        self._networks = make_networks(saved.config.ppo, saved.observation_size, saved.action_size)
        self._act = policy_function(self._networks, deterministic)
        self._activations = activations
        self._limit = task.episode_length
        self._body = _body(self._env.scene)
        self._begin = jax.jit(jax.vmap(self._start))
        self._advance = jax.jit(self._chunk, donate_argnums=1)
        self._look = jax.jit(lambda params, seen: look(self._networks, params, seen))

    def record(
        self,
        seeds: Sequence[int],
        names: dict[str, Any],
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[Recording]:
        """The episodes that begin with `seeds`, all at once.

        Args:
          seeds: of start, corridor and samples, one an episode.
          names: run, training_seed, step, condition, and `episode` of the first.
          cancelled: asked before every chunk of control steps.

        Raises:
          Cancelled: `cancelled()` became true.
        """
        keys = jax.vmap(jax.random.PRNGKey)(jnp.asarray(seeds))
        state = self._begin(keys)
        layouts = [
            self._env.layout(jax.tree.map(lambda x, i=i: x[i], state)) for i in range(len(seeds))
        ]
        first = jax.device_get(_pose(self._env, state))
        chunks: list[Any] = []
        over = np.zeros(len(seeds), bool)
        for start in range(0, self._limit, CHUNK):
            if cancelled():
                raise Cancelled
            state, out = self._advance(self._saved.params, state, keys, jnp.int32(start))
            chunks.append(jax.device_get(out))
            over |= (chunks[-1]["done"] > 0).any(axis=0)
            if over.all():
                break
        rows = jax.tree.map(lambda *parts: np.concatenate(parts)[: self._limit], *chunks)
        for i, (seed, layout) in enumerate(zip(seeds, layouts, strict=True)):
            mine = jax.tree.map(lambda x, i=i: x[:, i], rows)
            own = {**names, "episode": names["episode"] + i, "seed": int(seed)}
            begun = jax.tree.map(lambda x, i=i: x[i], first)
            yield self._recording(own, layout, begun, mine)

    def _start(self, key: jax.Array) -> Any:
        return self._env.evaluation_reset(key)

    def _chunk(self, params: Any, state: Any, keys: jax.Array, start: jax.Array) -> Any:
        def step(state: Any, index: jax.Array) -> tuple[Any, dict[str, Any]]:
            # One key for the batch would do for the mode; samples differ by episode.
            own = jax.vmap(lambda key: jax.random.fold_in(key, index + 1))(keys)
            action = jax.vmap(self._act, in_axes=(None, 0, 0))(params, state.obs, own)
            seen = state.obs
            state = jax.vmap(self._env.step)(state, action)
            ends = {n: x for n, x in state.metrics.items() if n.startswith("ended/")}
            return state, {
                **_pose(self._env, state),
                "observation": seen,
                "action": action,
                "reward": state.reward,
                "done": state.done,
                "ends": ends,
                "unstable": state.info[UNSTABLE],
                "gaps_met": state.metrics["gaps_met"],
                "gaps_crossed": state.metrics["gaps_crossed"],
                "probe": state.pipeline_state.extras["probe"],
            }

        return jax.lax.scan(step, state, start + jnp.arange(CHUNK))

    def _recording(self, names: dict[str, Any], layout: Any, first: Any, rows: Any) -> Recording:
        done = rows["done"] > 0
        count = int(np.argmax(done)) + 1 if done.any() else len(done)
        rows = jax.tree.map(lambda x: x[:count], rows)
        scene = self._env.scene
        joined = {
            name: np.concatenate([first[name][None], rows[name]])
            for name in ("time", "qpos", "qvel", "root_position")
        }
        probed = probe.read(scene, rows["probe"].reshape(-1, rows["probe"].shape[-1]))
        mode, value, layers = self._seen(rows["observation"])
        substeps, timestep = rows["probe"].shape[1], scene.config.physics_timestep
        near = gaps(layout, joined["root_position"][:, 0])
        return Recording(
            **names,
            layout=layout,
            end=self._cause(rows, bool(done.any())),
            gaps_met=round(float(rows["gaps_met"].sum())),
            gaps_crossed=round(float(rows["gaps_crossed"].sum())),
            feet=tuple(foot.removeprefix("walker/") for foot in scene.walker.feet),
            actuators=tuple(a.name.removeprefix("walker/") for a in scene.walker.actuators),
            observation_terms=self._env.observation_terms,
            **self._body,
            **joined,
            gap_distance=near["gap_distance"],
            gap_phase=near["gap_phase"],
            observation=rows["observation"],
            action_mean=mode,
            action=rows["action"],
            reward=rows["reward"],
            value=value,
            physics_time=np.arange(count * substeps) * timestep,
            **probed._asdict(),
            activations=layers,
        )

    def _seen(self, observation: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict]:
        """Modes, values and layers; in rows of one number, so that it is compiled once."""
        padded = np.zeros((self._limit, observation.shape[1]), np.float32)
        padded[: len(observation)] = observation
        found = jax.device_get(self._look(self._saved.params, padded))
        mode, value, layers = jax.tree.map(lambda x: x[: len(observation)], found)
        return mode, value, layers if self._activations else {}

    def _cause(self, rows: Any, ended: bool) -> str:
        if not ended:
            return "time"
        if rows["unstable"][-1]:
            return UNSTABLE
        terms = self._env.task.terminations
        return " and ".join(term for term in terms if rows["ends"][f"ended/{term}"][-1])


def _pose(env: CorridorEnv, state: Any) -> dict[str, jax.Array]:
    physics = state.pipeline_state
    return {
        "time": physics.time,
        "qpos": physics.qpos,
        "qvel": physics.qvel,
        "root_position": jax.vmap(env.root_position)(physics),
    }


def _body(scene: Scene) -> dict[str, float]:
    """Mass (kg), body length and hip height (m) in the start pose."""
    model, data = scene.model, scene.data()
    own = model.body_rootid[model.geom_bodyid] == model.body_rootid[scene.root_id]
    own &= model.geom_type != mujoco.mjtGeom.mjGEOM_PLANE
    rotation = data.geom_xmat.reshape(-1, 3, 3)
    centre = data.geom_xpos + np.einsum("gij,gj->gi", rotation, model.geom_aabb[:, :3])
    half = np.einsum("gij,gj->gi", abs(rotation), model.geom_aabb[:, 3:])
    low, high = (centre - half)[own, 0].min(), (centre + half)[own, 0].max()
    top = model.body_rootid[scene.root_id]
    return {
        "mass": float(model.body_subtreemass[top]),
        "body_length": float(high - low),
        "hip_height": float(data.xpos[scene.root_id][2]),
    }
