"""MJX: MuJoCo's physics written in JAX, for accelerators; on a CPU for comparison."""

from collections.abc import Iterable

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from mujoco import mjx

from vnl_core.physics.base import Boxes, Extra, PhysicsState
from vnl_core.physics.native import tracked_model
from vnl_core.physics.terrain_models import terrain_geoms
from vnl_core.scene import Scene


class MjxPhysics:
    """MJX-JAX physics; float32."""

    name = "mjx"

    def __init__(self, scene: Scene, extras: Iterable[Extra] = (), own_terrain: bool = False):
        """Puts the scene's model on the device.

        Raises:
          ValueError: MJX cannot simulate the model.
        """
        # A copy without sensors: the state reads MJX's own fields, and they cost time.
        self.model = tracked_model(scene, own_terrain)
        self.model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_SENSOR
        try:
            self._mjx = mjx.put_model(self.model)
        except NotImplementedError as error:
            raise ValueError(
                f"engine: MJX cannot simulate this {scene.config.walker} scene ({error}). "
                "Use the native engine."
            ) from error
        self._template = mjx.make_data(self._mjx)
        self._substeps = scene.config.substeps
        self._extras = tuple(extras)
        self._root = scene.root_id
        self._end_effectors = np.array(
            [self.model.body(name).id for name in scene.walker.end_effectors]
        )

    def init(self, qpos: jax.Array, qvel: jax.Array, boxes: Boxes | None = None) -> PhysicsState:
        data = self._template.replace(qpos=qpos.astype(jnp.float32), qvel=qvel.astype(jnp.float32))
        return self._state(mjx.forward(self._on(boxes), data), boxes)

    def step(self, state: PhysicsState, ctrl: jax.Array) -> PhysicsState:
        model, data = self._on(state.boxes), state.engine.replace(ctrl=ctrl)
        data, _ = jax.lax.scan(lambda d, _: (mjx.step(model, d), None), data, length=self._substeps)
        return self._state(data, state.boxes)

    def _on(self, boxes: Boxes | None) -> mjx.Model:
        """The model with the terrain `boxes`; an array of models under vmap."""
        if boxes is None:
            return self._mjx
        geoms = terrain_geoms(self.model)
        return self._mjx.replace(
            geom_pos=self._mjx.geom_pos.at[geoms].set(boxes.position),
            geom_size=self._mjx.geom_size.at[geoms].set(boxes.size),
            geom_rbound=self._mjx.geom_rbound.at[geoms].set(jnp.linalg.norm(boxes.size, axis=1)),
        )

    def _state(self, data, boxes: Boxes | None) -> PhysicsState:
        extras = {
            "cinert": lambda: data._impl.cinert,
            "cvel": lambda: data.cvel,
            "qfrc_actuator": lambda: data.qfrc_actuator,
        }
        return PhysicsState(
            time=data.time,
            qpos=data.qpos,
            qvel=data.qvel,
            act=data.act,
            subtree_com=data.subtree_com[self._root],
            end_effectors=data.xpos[self._end_effectors],
            extras={name: extras[name]() for name in self._extras},
            boxes=boxes,
            engine=data,
        )
