"""dm_control's balls with a head: the smallest walkers, quick to simulate and to train."""

from typing import Any

from dm_control.locomotion.walkers import jumping_ball

from vnl_core.presets import PRESETS
from vnl_core.scene.walkers.walker import Walker


class _SpawnFrame:
    """A walker that slides along the axes of its attachment frame rather than floats free.

    Its joints are zero at the spawn, wherever the frame is, so that dm_control's tasks
    must not add the spawn's position to them again.
    """

    def shift_pose(
        self, physics: Any, position=None, quaternion=None, rotate_velocity: bool = False
    ) -> None:
        """Leaves the walker at its frame, which the arena has put at the spawn."""

    def set_velocity(self, physics: Any, velocity=None, angular_velocity=None) -> None:
        """Sets the linear velocity (3,) in m/s, in the frame's axes; it turns by its own joint."""
        if velocity is not None:
            physics.bind(self._root_joints).qvel = velocity  # type: ignore[attr-defined]


class JumpingBall(_SpawnFrame, jumping_ball.JumpingBallWithHead):
    """Rolls, steers, and kicks itself off the ground."""


class RollingBall(_SpawnFrame, jumping_ball.RollingBallWithHead):
    """Rolls and steers."""


JUMPING_BALL = Walker(
    name="jumping_ball",
    title="Jumping ball",
    description="dm_control's ball with a head: 0.6 m tall, 22 kg, never tips over; three "
    "motors roll, steer and kick it off the ground.",
    make=lambda: JumpingBall(name="walker"),
    defaults=PRESETS["ball-gaps"].run,
)
ROLLING_BALL = Walker(
    name="rolling_ball",
    title="Rolling ball",
    description="The ball with a head without its kick: two motors roll and steer it over "
    "gaps narrower than its radius of 0.2 m.",
    make=lambda: RollingBall(name="walker"),
    defaults=PRESETS["ball-easy"].run,
)
