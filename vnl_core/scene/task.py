"""Binds a walker to an arena, and runs the pair as a dm_control task."""

from typing import Any

import mujoco
import numpy as np
from dm_control import composer
from dm_control.locomotion.tasks import corridors

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.config.terms.rewards import TargetSpeed
from vnl_core.config.terms.terminations import Fall
from vnl_core.scene.arenas import CorridorArena, make_arena, yaw_quaternion
from vnl_core.scene.layout import Layout, read_layout
from vnl_core.scene.walkers import make_walker

# dm_control's corridor tasks clip what is nearer than this share of the scene's extent,
# so that the egocentric camera sees past the walker's own skin.
_ZNEAR = 0.00025

_SOLVERS = {"cg": "CG", "newton": "Newton"}
_INTEGRATORS = {
    "euler": "Euler",
    "implicitfast": "implicitfast",
    "implicit": "implicit",
    "rk4": "RK4",
}


class CorridorTask(corridors.RunThroughCorridor):
    """dm_control's corridor task on our arena; it adds the binding's physics options.

    The arena's spawn site has the spawn's position and yaw; the walker's upright pose comes
    on top, at reset, so that cameras and lights that track it keep their own frames.
    """

    def __init__(
        self,
        config: SceneConfig,
        task: TaskConfig | None = None,
        egocentric_camera: bool = False,
        layout: Layout | None = None,
    ):
        """Builds arena and walker of `config` and binds them.

        Args:
          config: the scene.
          task: target speed (m/s) and fall height (m) of dm_control's reward and
            termination; the defaults of TaskConfig when None.
          egocentric_camera: whether observations hold the walker's camera image,
            which needs OpenGL at every control step.
          layout: the terrain, whatever is drawn; None to draw it as `config` says.
        """
        task = task or TaskConfig()
        self.config = config
        arena = make_arena(config, layout)
        walker = make_walker(config.walker)
        arena.add_spawn_site(config.spawn_position, yaw_quaternion(config.spawn_rotation))
        super().__init__(
            walker=walker,
            arena=arena,
            walker_spawn_position=config.spawn_position,
            walker_spawn_rotation=config.spawn_rotation,
            target_velocity=_target_speed(task),
            contact_termination=False,
            terminate_at_height=-np.inf,
            physics_timestep=config.physics_timestep,
            control_timestep=config.control_timestep,
        )
        if egocentric_camera and walker.egocentric_camera is None:
            raise ValueError(
                f"egocentric_camera: the walker {config.walker!r} has no camera of its own. "
                "Leave egocentric_camera out, or name one of its cameras where it is made."
            )
        fall = task.terminations.get("fall")
        self._fall_height = fall.height if isinstance(fall, Fall) else -np.inf
        observables: Any = walker.observables
        observables.egocentric_camera.enabled = egocentric_camera
        self._set_physics_options()

    def _set_physics_options(self) -> None:
        option = self.root_entity.mjcf_model.option
        option.solver = _SOLVERS[self.config.solver]
        option.cone = self.config.cone
        option.iterations = self.config.iterations
        option.ls_iterations = self.config.ls_iterations
        option.integrator = _INTEGRATORS[self.config.integrator]
        option.flag.eulerdamp = "enable" if self.config.eulerdamp else "disable"
        option.noslip_iterations = 0  # the arena's XML asks for 5, which MJX has not

    @property
    def arena(self) -> CorridorArena:
        """The corridor, with the walker attached."""
        return self._arena

    @property
    def walker(self):
        """The walker, attached to the arena."""
        return self._walker

    def start_pose(self) -> tuple[np.ndarray, np.ndarray]:
        """Position (3,) and quaternion (4,) of the root's free joint at the start of an episode.

        They are those that dm_control's own `initialize_episode` sets.
        """
        upright = self._walker.upright_pose
        quaternion = np.empty(4)
        mujoco.mju_mulQuat(
            quaternion,
            np.array(yaw_quaternion(self.config.spawn_rotation)),
            upright.xquat / np.linalg.norm(upright.xquat),
        )
        return np.add(self.config.spawn_position, upright.xpos), quaternion

    def initialize_episode_mjcf(self, random_state) -> None:
        """Draws the terrain anew; keeps dm_control's near clip but a far one that sees the end."""
        self._arena.regenerate(random_state)
        self._arena.mjcf_model.visual.map.znear = _ZNEAR

    def initialize_episode(self, physics: Any, random_state) -> None:
        """dm_control's own, with the fall height counted from the lowest platform."""
        super().initialize_episode(physics, random_state)
        lowest = read_layout(physics.model.ptr, self.config).lowest
        self._terminate_at_height = self._fall_height + lowest


def _target_speed(task: TaskConfig) -> float:
    reward = task.rewards.get("target_speed", TargetSpeed())
    assert isinstance(reward, TargetSpeed)
    return reward.speed


def composer_environment(
    config: SceneConfig, task: TaskConfig, egocentric_camera: bool = False
) -> composer.Environment:
    """The scene as dm_control's own environment: dm_env's `reset` and `step`, NumPy only.

    Every reset gives the terrain of `config.terrain_seed`, as `build` does; dm_control's
    reward (tolerance to the target speed) and termination (an end effector below the fall
    height, which counts from the lowest platform) apply.
    """
    return composer.Environment(
        CorridorTask(config, task, egocentric_camera),
        time_limit=task.episode_length * config.control_timestep,
        random_state=config.terrain_seed,
        strip_singleton_obs_buffer_dim=True,
        fixed_initial_state=True,
    )
