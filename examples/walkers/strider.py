"""A walker of one's own: docs/walkers.md tells about each line."""

from pathlib import Path

from vnl_core.config import Gaps, PPOConfig, RunConfig, SceneConfig, TaskConfig, Uniform
from vnl_core.scene.walkers import MjcfWalker, Walker


def make() -> MjcfWalker:
    return MjcfWalker(
        Path(__file__).with_name("strider.xml"),
        root_body="torso",
        end_effectors=("back_foot", "front_foot"),
        feet=("back_bar", "back_toe", "front_bar", "front_toe"),
        egocentric_camera="eye",
    )


WALKER = Walker(
    name="strider",
    title="Strider",
    description="A runner after Gym's half-cheetah with bars for feet: 0.6 m tall, six servos.",
    make=make,
    defaults=RunConfig(
        name="strider",
        scene=SceneConfig(
            walker="strider",
            corridor_length=30.0,
            corridor_width=3.0,
            arena=Gaps(
                platform_length=Uniform(low=1.5, high=2.5), gap_length=Uniform(low=0.05, high=0.2)
            ),
            physics_timestep=0.004,
            control_timestep=0.02,
        ),
        task=TaskConfig(healthy_height=(0.3, 1.5), episode_length=500),
        ppo=PPOConfig(num_timesteps=1_500_000, discounting=0.98),
        video_camera="walker/side",
    ),
)
