"""What the terms of a task look at: one control step of one simulation."""

import jax
import jax.numpy as jnp
from flax import struct

from vnl_core.envs.layouts import Terrain
from vnl_core.physics import PhysicsState


class StepContext(struct.PyTreeNode):
    """One control step of one simulation, as the terms see it; SI units.

    Before the first step, as a reset observes it, controls, actions and velocity are zero.
    """

    physics: PhysicsState
    """After the step."""
    root: jax.Array
    """Position of the walker's root body, (3,)."""
    velocity: jax.Array
    """Mean velocity of the walker's centre of mass over the control step, (3,)."""
    ctrl: jax.Array
    """Controls, (nu,)."""
    action: jax.Array
    """The action that they come from, clipped to [-1, 1], (nu,)."""
    previous_action: jax.Array
    """That of the step before, zero in an episode's first step, (nu,)."""
    crossed: jax.Array
    """Gaps crossed for the first time in this step, ()."""
    terrain: Terrain
    """What it walks on."""
    healthy_height: tuple[float, float] = struct.field(pytree_node=False)
    """Range of the root's height above the platforms that the task calls healthy, metres."""
    dt: float = struct.field(pytree_node=False)
    """Duration of the control step, seconds."""

    @property
    def healthy(self) -> jax.Array:
        """1.0 where the root is in its healthy range above the platform it is on, else 0.0, ()."""
        low, high = self.healthy_height
        height = self.root[2] - self.terrain.floor(self.root[0])
        return ((height >= low) & (height <= high)).astype(jnp.float32)
