"""From the state of an environment back to MuJoCo: its scene, MjData, mjx.Data, pictures."""

from collections.abc import Sequence
from functools import lru_cache

import jax
import mujoco
import numpy as np
from brax.envs.base import State
from mujoco import mjx

from vnl_core.config import SceneConfig
from vnl_core.envs.layouts import terrain_of
from vnl_core.physics import PhysicsState
from vnl_core.scene import Layout, Scene, build
from vnl_core.scene.adapt import adapt

# A batch of environments has as many terrains; more of their scenes than this are built again.
_KEPT = 64


def scene_of(scene: Scene, state: PhysicsState | State) -> Scene:
    """The scene that an environment in `state` is in: `scene`, with the terrain it has drawn.

    Args:
      scene: that of the environment.
      state: of one environment, not of a batch.

    Raises:
      ValueError: `state` is that of a batch.
    """
    physics = _physics(state)
    if physics.boxes is None:
        return scene
    layout = terrain_of(scene.config, jax.device_get(physics.boxes)).layout()
    return _built(scene.config, layout)  # type: ignore[arg-type]


@lru_cache(_KEPT)
def _built(config: SceneConfig, layout: Layout) -> Scene:
    return build(config, layout)


def mj_data(scene: Scene, state: PhysicsState | State) -> mujoco.MjData:
    """The state as MjData of its scene's model (`data.model`), all derived quantities computed.

    Args:
      scene: that of the environment.
      state: of one environment, not of a batch.

    Raises:
      ValueError: `state` is that of a batch.
    """
    physics = _physics(state)
    return _filled(scene_of(scene, physics).model, physics)


def mjx_data(scene: Scene, state: PhysicsState | State) -> mjx.Data:
    """The state as mjx.Data of the scene as MJX gets it (`vnl_core.scene.adapt`).

    Args:
      scene: that of the environment.
      state: of one environment, not of a batch.

    Raises:
      ValueError: MJX cannot simulate the scene, or `state` is that of a batch.
    """
    physics = _physics(state)
    if isinstance(physics.engine, mjx.Data):
        return physics.engine
    own = scene_of(scene, physics)
    model = adapt(own).model
    return mjx.put_data(model, _filled(model, physics), impl="jax")


def _filled(model: mujoco.MjModel, physics: PhysicsState) -> mujoco.MjData:
    """Data of `model` at the state, all derived quantities computed."""
    data = mujoco.MjData(model)
    data.time = float(physics.time)
    data.qpos[:], data.qvel[:], data.act[:] = physics.qpos, physics.qvel, physics.act
    mujoco.mj_forward(model, data)
    return data


def pictures(
    scene: Scene,
    trajectory: Sequence[PhysicsState | State],
    height: int,
    width: int,
    camera: int | str,
) -> list[np.ndarray]:
    """A picture of each state, uint8 (height, width, 3)."""
    from vnl_core.rendering.gl_thread import render  # opens OpenGL

    drawn = []
    for state in trajectory:
        physics = _physics(state)
        qpos, qvel = np.asarray(physics.qpos), np.asarray(physics.qvel)
        own = scene_of(scene, physics)
        drawn.append(render(own, qpos, camera, width, height, quality="full", qvel=qvel))
    return drawn


def _physics(state: PhysicsState | State) -> PhysicsState:
    physics = state if isinstance(state, PhysicsState) else state.pipeline_state
    if np.ndim(physics.time):  # type: ignore[union-attr]
        raise ValueError(
            "state: is that of a batch. Take one environment: jax.tree.map(lambda x: x[0], state)."
        )
    return physics  # type: ignore[return-value]
