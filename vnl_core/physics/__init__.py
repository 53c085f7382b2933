"""Physics engines behind one small protocol; they know nothing of rewards."""

from vnl_core.physics.base import Extra, Physics, PhysicsState, make_physics

__all__ = ["Extra", "Physics", "PhysicsState", "make_physics"]
