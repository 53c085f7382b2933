"""What brax's tools and MuJoCo's ask of an environment beside reset and step."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import mujoco
from brax.base import System
from brax.envs.base import Env, State
from mujoco import mjx

from vnl_core.envs import mujoco_data, system
from vnl_core.physics import Physics, PhysicsState
from vnl_core.scene import Scene


class Views(Env):
    """An environment whose states can be drawn and taken to MuJoCo, and whose model changed."""

    scene: Scene
    physics: Physics

    def __init__(self, physics: Physics):
        """Keeps the engine that was built, beside the one in use.

        Args:
          physics: the engine, bound to `scene`.
        """
        self.physics = self._own_physics = physics
        self._changed_sys: System | None = None

    @cached_property
    def _own_sys(self) -> System:
        return system.system(self._own_physics.model, self.scene.model)

    @property
    def sys(self) -> System:
        """The scene as brax's System, for brax's own wrappers; see `system`.

        Setting it changes the physics, as brax's domain randomisation does.

        Raises:
          ValueError: where it is set: a change that the physics does not read.
        """
        return self._changed_sys or self._own_sys

    @sys.setter
    def sys(self, other: System) -> None:
        changed = system.changes(self._own_sys, other)
        self.physics = self._own_physics.changed(changed) if changed else self._own_physics
        self._changed_sys = other

    def mj_data(self, state: PhysicsState | State) -> mujoco.MjData:
        """`state` of one environment as MjData of its scene's model; see `mujoco_data`."""
        return mujoco_data.mj_data(self.scene, state)

    def mjx_data(self, state: PhysicsState | State) -> mjx.Data:
        """`state` of one environment as mjx.Data of the scene as MJX gets it."""
        return mujoco_data.mjx_data(self.scene, state)

    def render(
        self,
        trajectory: PhysicsState | State | Sequence[PhysicsState | State],
        height: int = 240,
        width: int = 320,
        camera: int | str | None = None,
    ) -> Any:
        """Pictures of states, as `brax.envs.PipelineEnv.render` gives them.

        Args:
          trajectory: states or their `pipeline_state`, of one environment, each on its own
            terrain; or one of them.
          height: of a picture, in pixels.
          width: of a picture, in pixels.
          camera: index or name; None for the free camera. Camera 0 is camera 0.

        Returns:
          A list of uint8 (height, width, 3), or one such array for a single state.

        Raises:
          ValueError: no such camera, or a state of a batch.
          RuntimeError: OpenGL does not work here.
        """
        single = isinstance(trajectory, PhysicsState | State)
        states = [trajectory] if single else trajectory
        which = -1 if camera is None else camera
        pictures = mujoco_data.pictures(self.scene, states, height, width, which)  # type: ignore[arg-type]
        return pictures[0] if single else pictures
