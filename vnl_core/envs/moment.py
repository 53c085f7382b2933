"""What the terms of a task look at: one moment of one simulation."""

import jax
from flax import struct

from vnl_core.physics import PhysicsState


class Moment(struct.PyTreeNode):
    """One control step of one simulation, as the terms see it; SI units."""

    physics: PhysicsState
    root: jax.Array
    """Position of the walker's root body, (3,)."""
    velocity: jax.Array
    """Mean velocity of the walker's centre of mass over the control step, (3,)."""
    ctrl: jax.Array
    """Controls, (nu,)."""
    crossed: jax.Array
    """Gaps crossed for the first time in this step, ()."""
