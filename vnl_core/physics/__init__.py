"""Physics engines behind one small protocol; they know nothing of rewards."""

import contextlib
import io

with contextlib.redirect_stdout(io.StringIO()):
    # MJX prints that the optional warp is absent. Imported here, before brax imports it too.
    import mujoco.mjx  # noqa: F401

from vnl_core.physics.base import EXTRAS, Boxes, Extra, Physics, PhysicsState
from vnl_core.physics.choose import choose_engine, make_physics

__all__ = ["EXTRAS", "Boxes", "Extra", "Physics", "PhysicsState", "choose_engine", "make_physics"]
