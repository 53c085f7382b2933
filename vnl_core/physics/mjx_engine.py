"""MJX: MuJoCo's physics written in JAX, for accelerators; on a CPU for comparison."""

import copy
import importlib.util
from collections.abc import Iterable, Mapping

import jax
import jax.numpy as jnp
import numpy as np
from mujoco import mjx

from vnl_core.physics import instability, model_fields
from vnl_core.physics.base import Boxes, Extra, PhysicsState
from vnl_core.physics.near_terrain import NearTerrain
from vnl_core.physics.terrain_models import add_spare_boxes, terrain_geoms
from vnl_core.scene import Scene
from vnl_core.scene.adapt import adapt
from vnl_core.scene.compat import refuse
from vnl_core.scene.local_terrain import terrain_boxes
from vnl_core.scene.mjx_facts import MjxEngine

# What MuJoCo Warp makes room for: contacts of all simulations together, as many as 8,192 of
# them with 64 each, and constraint rows of one.
_WARP_CONTACTS, _WARP_ROWS = 64 * 8192, 512


class MjxPhysics:
    """MJX physics of the adapted scene; float32."""

    def __init__(
        self,
        scene: Scene,
        extras: Iterable[Extra] = (),
        own_terrain: bool = False,
        engine: MjxEngine = "mjx",
    ):
        """Adapts the scene's model and puts it on the device.

        Raises:
          ValueError: MJX cannot simulate it; the message holds every reason and remedy.
        """
        if engine == "mjx-warp":
            check_warp()
        adapted = adapt(scene, engine)
        refuse(adapted.model, engine)
        self.name: str = engine
        self.on_host = False
        self.changes = adapted.changes
        self.model = adapted.model
        if own_terrain and adapted.slots is None:
            add_spare_boxes(adapted.spec, scene)
            self.model = adapted.spec.compile()
        warp = engine == "mjx-warp"
        implementation = "warp" if warp else "jax"
        room = {"naconmax": _WARP_CONTACTS, "njmax": _WARP_ROWS} if warp else {}
        self._mjx = mjx.put_model(self.model, impl=implementation)
        self._template = mjx.make_data(self.model, impl=implementation, **room)
        self._near = NearTerrain(self.model, adapted.slots, warp) if adapted.slots else None
        still = terrain_boxes(scene.model)
        position, size = scene.model.geom_pos[still], scene.model.geom_size[still]
        self._boxes = Boxes(jnp.asarray(position, jnp.float32), jnp.asarray(size, jnp.float32))
        self._substeps = scene.config.substeps * scene.config.mjx.substeps
        self._extras = tuple(extras)
        self._root = scene.root_id
        self._end_effectors = np.array(
            [self.model.body(name).id for name in scene.walker.end_effectors]
        )

    def init(self, qpos: jax.Array, qvel: jax.Array, boxes: Boxes | None = None) -> PhysicsState:
        data = self._template.replace(qpos=qpos.astype(jnp.float32), qvel=qvel.astype(jnp.float32))
        # Most of `mjx.forward` takes long to compile, and only the extras need it.
        data = mjx.com_pos(self._mjx, mjx.kinematics(self._mjx, data))
        if self._extras:
            data = mjx.forward(self._mjx.replace(**self._terrain(boxes, data)), data)
        return self._state(data, boxes, jnp.zeros((), jnp.int32))

    def step(self, state: PhysicsState, ctrl: jax.Array) -> PhysicsState:
        def physics_step(carry, _):
            data, terrain, unstable = carry
            data = mjx.step(self._mjx.replace(**terrain), data)
            # MJX does not check, and a huge acceleration can give a velocity that is not a number.
            found = instability.broken(data.qpos, data.qvel, data.qacc, jnp)
            unstable = jnp.where(unstable > 0, unstable, found)
            # Found at the end of a step, for the next, the terrain comes out of the loop's memory,
            # so that XLA cannot merge the search into all that reads a geom.
            return (data, self._terrain(state.boxes, data), unstable), None

        data = state.engine.replace(ctrl=ctrl)
        unstable = instability.broken(data.qpos, data.qvel, xp=jnp)
        start = data, self._terrain(state.boxes, data), unstable
        (data, _, unstable), _ = jax.lax.scan(physics_step, start, length=self._substeps)
        return self._state(data, state.boxes, unstable)

    def changed(self, fields: Mapping[str, jax.Array]) -> "MjxPhysics":
        model_fields.check(self.model, fields)
        other = copy.copy(self)
        other._mjx = self._mjx.tree_replace(dict(fields))
        return other

    def _terrain(self, boxes: Boxes | None, data: mjx.Data) -> dict[str, jax.Array]:
        """Fields of the model with the terrain, for each simulation under vmap its own."""
        if self._near:
            boxes = boxes or self._boxes
            return self._near.fields(self._mjx, data, boxes.position, boxes.size)
        if boxes is None:
            return {}
        geoms = terrain_geoms(self.model)
        radius = jnp.linalg.norm(boxes.size, axis=1)
        return {
            "geom_pos": self._mjx.geom_pos.at[geoms].set(boxes.position),
            "geom_size": self._mjx.geom_size.at[geoms].set(boxes.size),
            "geom_rbound": self._mjx.geom_rbound.at[geoms].set(radius),
        }

    def _state(self, data: mjx.Data, boxes: Boxes | None, unstable: jax.Array) -> PhysicsState:
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
            unstable=unstable,
            engine=data,
        )


def check_warp() -> None:
    """Whether MuJoCo Warp can run here.

    Raises:
      ValueError: warp-lang or a CUDA device is absent; the message says what to do.
    """
    lacking = []
    if importlib.util.find_spec("warp") is None:
        lacking.append("warp-lang is not installed")
    if not any(device.platform == "gpu" for device in jax.devices()):
        lacking.append("JAX finds no CUDA device")
    if lacking:
        raise ValueError(
            f"engine: mjx-warp cannot run here: {' and '.join(lacking)}. On a machine with an "
            "NVIDIA GPU: .venv/bin/uv pip install -e '.[gpu]'. Otherwise use native or mjx."
        )
