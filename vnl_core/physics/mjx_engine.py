"""MJX: MuJoCo's physics written in JAX, for accelerators; on a CPU for comparison."""

import copy
from collections.abc import Iterable

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
from mujoco import mjx

from vnl_core.physics.base import Extra, PhysicsState
from vnl_core.scene import Scene


class MjxPhysics:
    """MJX-JAX physics; float32."""

    name = "mjx"

    def __init__(self, scene: Scene, extras: Iterable[Extra] = ()):
        """Puts the scene's model on the device.

        Raises:
          ValueError: MJX cannot simulate the model.
        """
        # A copy without sensors: the state reads MJX's own fields, and they cost time.
        self.model = copy.copy(scene.model)
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

    def init(self, qpos: jax.Array, qvel: jax.Array) -> PhysicsState:
        data = self._template.replace(qpos=qpos.astype(jnp.float32), qvel=qvel.astype(jnp.float32))
        return self._state(mjx.forward(self._mjx, data))

    def step(self, state: PhysicsState, ctrl: jax.Array) -> PhysicsState:
        data = state.engine.replace(ctrl=ctrl)
        data, _ = jax.lax.scan(
            lambda d, _: (mjx.step(self._mjx, d), None), data, length=self._substeps
        )
        return self._state(data)

    def _state(self, data) -> PhysicsState:
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
            engine=data,
        )
