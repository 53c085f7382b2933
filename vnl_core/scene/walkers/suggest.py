"""A run to start from for an animal of which only its file is known."""

from typing import Any

from vnl_core.config import Gaps, PPOConfig, RunConfig, SceneConfig, TaskConfig, Uniform
from vnl_core.config.arenas import START_PLATFORM_LENGTH

_CONTROL = 0.02  # s
_PHYSICS = (0.002, 0.001, 0.0005, 0.00025, 0.0001)  # s


def suggest(name: str, height: float, timestep: float, options: dict[str, Any]) -> RunConfig:
    """A corridor to the animal's scale, with gaps that it may step over.

    Args:
      name: of the walker.
      height: of its root body at the start, in metres.
      timestep: of its file, in seconds; the physics step is no longer.
      options: integrator and eulerdamp, as the file has them.
    """
    h = max(height, 0.02)
    step = next((s for s in _PHYSICS if s <= timestep * 1.001), _PHYSICS[-1])
    return RunConfig(
        name=name,
        scene=SceneConfig(
            walker=name,
            corridor_length=_between(START_PLATFORM_LENGTH + 40 * h, 10.0, 60.0),
            corridor_width=_between(6 * h, 1.0, 10.0),
            arena=Gaps(
                platform_length=Uniform(
                    low=_between(3 * h, 0.3, 5.0), high=_between(5 * h, 0.5, 8.0)
                ),
                gap_length=Uniform(low=0.1 * h, high=0.4 * h),
            ),
            physics_timestep=step,
            control_timestep=_CONTROL,
            **options,
        ),
        task=TaskConfig(healthy_height=(0.4 * h, 2.5 * h)),
        ppo=PPOConfig(),
        video_camera="close-up",
    )


def _between(value: float, low: float, high: float) -> float:
    return round(min(max(value, low), high), 3)
