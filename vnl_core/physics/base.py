"""What every physics engine offers: start from a pose, take one control step."""

from collections.abc import Mapping
from typing import Any, Protocol, get_args

import jax
import mujoco
from flax import struct

from vnl_core.config.terms import Quantity

# Whole-body quantities that only some observation terms read, each its MjData field.
Extra = Quantity
EXTRAS: tuple[Extra, ...] = get_args(Quantity)


class Boxes(struct.PyTreeNode):
    """The terrain of one simulation as MuJoCo's box geoms: platforms first, then walls; metres."""

    position: jax.Array
    """Centres, (boxes, 3)."""
    size: jax.Array
    """Half extents along x, y and z, (boxes, 3)."""


class PhysicsState(struct.PyTreeNode):
    """The state of one simulation, the same for all engines; float32.

    `qpos`, `qvel` and `time` are those after the control step. What MuJoCo derives from
    them (`subtree_com`, `end_effectors`, `extras`) is of the beginning of the last physics
    step, as `mj_step` leaves it, so it lags by one physics step except after `init`.
    """

    time: jax.Array
    """Simulated time in seconds, ()."""
    qpos: jax.Array
    """Positions, (nq,), metres and radians."""
    qvel: jax.Array
    """Velocities, (nv,)."""
    act: jax.Array
    """Activations of stateful actuators, (na,)."""
    subtree_com: jax.Array
    """Centre of mass of the walker, (3,), metres."""
    end_effectors: jax.Array
    """Positions of the walker's end effectors, (n, 3), metres."""
    extras: dict[str, jax.Array]
    """The Extra fields asked for: cinert (nbody, 10), cvel (nbody, 6), qfrc_actuator (nv,)."""
    boxes: Boxes | None
    """The terrain it runs on; None for that of the scene."""
    unstable: jax.Array
    """0, or which value the last control step met that MuJoCo gives up at, (), int32: a code of
    `instability.names(physics.model)`. The rest of the state then means nothing."""
    engine: Any
    """What the engine keeps to itself (solver warm start, mjx.Data)."""

    @property
    def q(self) -> jax.Array:
        """`qpos` under brax's name."""
        return self.qpos

    @property
    def qd(self) -> jax.Array:
        """`qvel` under brax's name."""
        return self.qvel


class Physics(Protocol):
    """An engine bound to one scene. Its methods take one simulation; jit, vmap and scan them."""

    name: str
    on_host: bool
    """Whether it is called back from the compiled program, outside of XLA."""
    model: mujoco.MjModel

    def init(self, qpos: jax.Array, qvel: jax.Array, boxes: Boxes | None = None) -> PhysicsState:
        """The state at `qpos` (nq,) and `qvel` (nv,), at time 0, on the terrain `boxes`."""
        ...

    def step(self, state: PhysicsState, ctrl: jax.Array) -> PhysicsState:
        """The state one control step later, under `ctrl` (nu,) held constant."""
        ...

    def changed(self, fields: Mapping[str, jax.Array]) -> "Physics":
        """The same engine with other values in fields of the model; under vmap, in each its own.

        Args:
          fields: by MjModel's names, such as body_mass or opt.gravity. What MuJoCo's compiler
            derives from them (dof_M0, body_invweight0, …) is not derived again.

        Raises:
          ValueError: a field that is none of the model's floating-point numbers.
        """
        ...
