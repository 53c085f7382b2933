"""Named, documented configs to start from: whole runs, and sizes of training."""

from typing import NamedTuple

from vnl_core.config import Gaps, PPOConfig, RunConfig, SceneConfig, TaskConfig, Uniform


class Preset(NamedTuple):
    """A run to start from, and what it is for."""

    title: str
    description: str
    run: RunConfig


# How much training the machine at hand can carry. Values scale brax's own ant
# (4096 environments, 50 M steps on a GPU) down to two processor cores.
PPO_SIZES: dict[str, PPOConfig] = {
    "smoke": PPOConfig(
        num_timesteps=40_000,
        num_evals=4,
        num_envs=32,
        num_eval_envs=8,
        unroll_length=20,
        batch_size=32,
        num_minibatches=4,
        policy_hidden_layer_sizes=(64, 64),
        value_hidden_layer_sizes=(64, 64),
    ),
    "laptop": PPOConfig(
        num_timesteps=1_500_000,
        num_evals=11,
        num_envs=64,
        num_eval_envs=16,
        unroll_length=20,
        batch_size=64,
        num_minibatches=8,
        discounting=0.98,
        # A value network of brax's 256 units takes twice the time to learn.
        value_hidden_layer_sizes=(128, 128, 128),
    ),
    "gpu": PPOConfig(
        num_timesteps=50_000_000,
        num_evals=11,
        num_envs=4096,
        num_eval_envs=128,
        unroll_length=5,
        batch_size=2048,
        num_minibatches=32,
        reward_scaling=10.0,
    ),
    # track-mjx's rodent, except for its networks.
    "rodent-gpu": PPOConfig(
        num_timesteps=1_500_000_000,
        num_evals=31,
        num_envs=4096,
        num_eval_envs=128,
        unroll_length=20,
        batch_size=1024,
        num_minibatches=16,
        learning_rate=1e-4,
        discounting=0.98,
        clipping_epsilon=0.2,
    ),
    # brax's humanoid.
    "humanoid-gpu": PPOConfig(
        num_timesteps=50_000_000,
        num_evals=11,
        num_envs=2048,
        num_eval_envs=128,
        unroll_length=10,
        batch_size=1024,
        num_minibatches=32,
        num_updates_per_batch=8,
        entropy_cost=1e-3,
        reward_scaling=0.1,
    ),
}

# The published rodent's optimisation, with the batch that a laptop can carry.
_RODENT_LAPTOP = PPO_SIZES["laptop"].changed(learning_rate=1e-4, clipping_epsilon=0.2)

_SEED_SCENE = SceneConfig(
    corridor_length=40.0,
    corridor_width=5.0,
    arena=Gaps(
        platform_length=Uniform(low=1.5, high=2.0),
        gap_length=Uniform(low=0.05, high=0.2),
        aesthetic="outdoor_natural",
    ),
    visible_side_planes=False,
    terrain_seed=123456,
    walker="ant",
    spawn_position=(5.0, 0.0, 0.0),
    physics_timestep=0.002,
    control_timestep=0.01,
    solver="cg",
    cone="pyramidal",
    iterations=1,
    ls_iterations=4,
)

_SEED_TASK = TaskConfig(
    observations=("qpos", "qvel"),
    rewards={"forward": 5.0, "distance": 5.0, "alive": 0.5, "control_cost": 0.1},
    terminations=(),
    healthy_height=(0.0, 1.0),
    reset_noise=0.01,
    episode_length=1000,
)

_EASY_GAPS = Gaps(
    platform_length=Uniform(low=1.5, high=2.5), gap_length=Uniform(low=0.05, high=0.15)
)

_EASY_SCENE = SceneConfig(
    corridor_length=30.0,
    corridor_width=3.0,
    arena=_EASY_GAPS,
    physics_timestep=0.004,
    control_timestep=0.02,
)

_RODENT_SCENE = SceneConfig(
    corridor_length=40.0,
    corridor_width=2.0,
    arena=Gaps(platform_length=Uniform(low=0.4, high=0.8), gap_length=Uniform(low=0.05, high=0.2)),
    walker="rodent",
    physics_timestep=0.001,
    control_timestep=0.02,
    solver="newton",
    iterations=50,
    ls_iterations=50,
)

_RODENT_TASK = TaskConfig(
    observations={
        "qpos": {},
        "qvel": {},
        "lateral_position": {},
        "height_scan": {"behind": 0.1, "ahead": 0.6, "resolution": 0.035},
    },
    rewards={"target_speed": {"weight": 1.0, "speed": 1.0}},
    terminations={"fall": {"height": -0.3}, "finished": {}},
    healthy_height=(0.02, 0.3),
    episode_length=1500,
    terrain="new",
)

_BALL_SCENE = SceneConfig(
    corridor_length=40.0,
    corridor_width=4.0,
    arena=Gaps(platform_length=Uniform(low=2.5, high=4.0), gap_length=Uniform(low=1.0, high=1.6)),
    walker="jumping_ball",
    control_timestep=0.02,
)

_BALL_TASK = TaskConfig(
    observations={
        "qpos": {},
        "qvel": {},
        "lateral_position": {},
        "height_scan": {"ahead": 3.0, "resolution": 0.15},
    },
    healthy_height=(0.3, 3.0),
    episode_length=500,
)

_CMU_SCENE = SceneConfig(
    corridor_length=100.0,
    corridor_width=10.0,
    arena=Gaps(platform_length=Uniform(low=0.3, high=2.5), gap_length=Uniform(low=0.5, high=1.25)),
    walker="cmu_humanoid",
    physics_timestep=0.005,
    control_timestep=0.03,
    iterations=50,
    ls_iterations=50,
)

_CMU_TASK = TaskConfig(
    observations={
        "qpos": {},
        "qvel": {},
        "lateral_position": {},
        "height_scan": {"ahead": 3.0},
    },
    rewards={"target_speed": {"weight": 1.0, "speed": 3.0}},
    terminations=("fall", "unhealthy", "finished"),
    healthy_height=(0.6, 2.0),
    episode_length=1000,
    terrain="new",
)

PRESETS: dict[str, Preset] = {
    "ant-easy": Preset(
        "Ant, easy gaps",
        "An ant on wide platforms with gaps of 5 to 15 cm that it sees coming. "
        "1.5 million steps, a few minutes on two processor cores.",
        RunConfig(
            name="ant-easy",
            preset="ant-easy",
            scene=_EASY_SCENE,
            task=TaskConfig(episode_length=500, terrain="new"),
            ppo=PPO_SIZES["laptop"],
            video_seconds=10.0,
        ),
    ),
    "ant-gaps": Preset(
        "Ant, gaps of 5 to 40 cm",
        "The same ant over wider gaps, on a new corridor in every episode. Six million steps.",
        RunConfig(
            name="ant-gaps",
            preset="ant-gaps",
            scene=_EASY_SCENE.changed(
                arena=_EASY_GAPS.changed(gap_length=Uniform(low=0.05, high=0.4))
            ),
            task=TaskConfig(episode_length=500, terrain="new"),
            ppo=PPO_SIZES["laptop"].changed(num_timesteps=6_000_000, num_evals=13),
            video_seconds=10.0,
        ),
    ),
    "ant-smoke": Preset(
        "Ant, smoke test",
        "The easy corridor, shorter, and under a minute of training: "
        "shows that everything works, not an ant that walks.",
        RunConfig(
            name="ant-smoke",
            preset="ant-smoke",
            scene=_EASY_SCENE.changed(corridor_length=15.0),
            task=TaskConfig(episode_length=150, terrain="new"),
            ppo=PPO_SIZES["smoke"],
            video_seconds=2.0,
        ),
    ),
    "seed-notebook": Preset(
        "Seed notebook",
        "The notebook this project grew from, value by value: its corridor, its solver "
        "(CG, 1 iteration of 4 line-search steps), its reward weights; its ant does not "
        "see the gaps and its episodes end by time alone.",
        RunConfig(
            name="seed-notebook",
            preset="seed-notebook",
            scene=_SEED_SCENE,
            task=_SEED_TASK,
            ppo=PPO_SIZES["gpu"],
        ),
    ),
    "rodent-gaps-2020": Preset(
        "Rodent over gaps (2020)",
        "dm_control's rodent task after Merel et al. 2020, “Deep neuroethology of a virtual "
        "rodent”: short platforms, gaps of 5 to 20 cm, paid for running at 1 m/s.",
        RunConfig(
            name="rodent-gaps",
            preset="rodent-gaps-2020",
            scene=_RODENT_SCENE,
            task=_RODENT_TASK,
            ppo=_RODENT_LAPTOP,
            video_camera="walker/side",
        ),
    ),
    "cmu-gaps": Preset(
        "CMU humanoid over gaps",
        "dm_control's humanoid task (cmu_humanoid_run_gaps): platforms of 0.3 to 2.5 m, gaps of "
        "0.5 to 1.25 m, paid for running at 3 m/s.",
        RunConfig(
            name="cmu-gaps",
            preset="cmu-gaps",
            scene=_CMU_SCENE,
            task=_CMU_TASK,
            ppo=PPO_SIZES["laptop"],
            video_camera="walker/side",
        ),
    ),
    "ball-gaps": Preset(
        "Jumping ball over gaps",
        "A ball with a head that must jump: rolling at its full 5 m/s it falls into gaps of 1.0 to "
        "1.6 m, with a kick at the edge it clears them.",
        RunConfig(
            name="ball-gaps",
            preset="ball-gaps",
            scene=_BALL_SCENE,
            task=_BALL_TASK,
            ppo=PPO_SIZES["laptop"],
        ),
    ),
    "ball-easy": Preset(
        "Rolling ball, easy gaps",
        "A ball with a head that rolls over gaps of 2 to 15 cm with two motors: the smallest task "
        "here, to try things on.",
        RunConfig(
            name="ball-easy",
            preset="ball-easy",
            scene=_BALL_SCENE.changed(
                walker="rolling_ball",
                arena=Gaps(
                    platform_length=Uniform(low=1.5, high=3.0),
                    gap_length=Uniform(low=0.02, high=0.15),
                ),
            ),
            task=_BALL_TASK,
            ppo=PPO_SIZES["laptop"],
        ),
    ),
}
