"""The environment by the names that the seed notebook and brax's own environments use."""

from typing import Any, get_args

import brax.envs

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.envs.corridor import CorridorEnv
from vnl_core.presets import PRESETS
from vnl_core.scene import Scene
from vnl_core.scene.mjx_facts import MjxEngine

ENGINES = ("auto", "native", *get_args(MjxEngine))
# The seed's keyword for each reward term's weight.
_WEIGHTS = {
    "forward_reward_weight": "forward",
    "distance_reward": "distance",
    "healthy_reward": "alive",
    "ctrl_cost_weight": "control_cost",
}


def walker(
    scene: Scene | SceneConfig | None = None,
    task: TaskConfig | None = None,
    engine: str = "auto",
    threads: int = 0,
    *,
    preset: str = "seed-notebook",
    backend: str | None = None,
    n_frames: int | None = None,
    terminate_when_unhealthy: bool | None = None,
    healthy_z_range: tuple[float, float] | None = None,
    reset_noise_scale: float | None = None,
    exclude_current_positions_from_observation: bool = True,
    **weights: float,
) -> CorridorEnv:
    """What `brax.envs.get_environment("walker", …)` makes: a CorridorEnv.

    Args:
      scene: a built scene or its config; the preset's when None.
      task: terms and weights; the preset's when None.
      engine: "native", "mjx", "mjx-warp" or "auto".
      threads: threads of the native engine; 0 for one per processor.
      preset: where scene and task come from unless given.
      backend: brax's name for `engine`; goes before it.
      n_frames: physics steps in a control step, as brax's environments count them.
      terminate_when_unhealthy: whether the episode ends outside `healthy_z_range`. There the
        seed pays `healthy_reward` for the last step too; we do not.
      healthy_z_range: heights of the root above the platforms that count as alive, in metres.
      reset_noise_scale: half-width of the uniform noise at reset.
      exclude_current_positions_from_observation: must be True: the position in the corridor is
        never part of `qpos` here.
      **weights: forward_reward_weight, distance_reward, healthy_reward, ctrl_cost_weight; 0
        leaves the term out.

    Raises:
      ValueError: an engine or preset that there is not, or an argument that cannot be honoured.
      TypeError: an argument that neither the seed nor this environment has.
    """
    if preset not in PRESETS:
        known = ", ".join(PRESETS)
        raise ValueError(f"preset: there is no preset {preset!r}. Use one of: {known}.")
    if unknown := set(weights) - set(_WEIGHTS):
        raise TypeError(
            f"{', '.join(sorted(unknown))}: not an argument of the environment. Use scene=, task= "
            f"or preset=, or one of the seed's: {', '.join(_WEIGHTS)}."
        )
    if not exclude_current_positions_from_observation:
        raise ValueError(
            "exclude_current_positions_from_observation: the observation `qpos` never holds x and "
            "y here. Leave it True; `lateral_position` and `height_scan` tell where the walker is."
        )
    engine = _engine(backend or engine)
    run = PRESETS[preset].run
    chosen, task = scene or run.scene, task or run.task
    if n_frames is not None:
        chosen = chosen.config if isinstance(chosen, Scene) else chosen
        chosen = chosen.changed(control_timestep=n_frames * chosen.physics_timestep)
    changes: dict[str, Any] = {}
    if weights:
        rewards = {**task.rewards, **{_WEIGHTS[name]: x for name, x in weights.items()}}
        changes["rewards"] = {name: weight for name, weight in rewards.items() if weight}
    if terminate_when_unhealthy is not None:
        ends = {name: term for name, term in task.terminations.items() if name != "unhealthy"}
        changes["terminations"] = {**ends, "unhealthy": {}} if terminate_when_unhealthy else ends
    if healthy_z_range is not None:
        changes["healthy_height"] = tuple(healthy_z_range)
    if reset_noise_scale is not None:
        changes["reset_noise"] = reset_noise_scale
    return CorridorEnv(chosen, task.changed(**changes), engine, threads)


def _engine(name: str) -> str:
    if name in ENGINES:
        return name
    raise ValueError(
        f"backend: {name!r} does not run MuJoCo's physics. Use one of: {', '.join(ENGINES)}."
    )


brax.envs.register_environment("walker", walker)  # type: ignore[arg-type]
