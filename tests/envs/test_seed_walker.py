"""The environment by the names of the seed notebook and of brax's own environments."""

import brax.envs
import jax
import jax.numpy as jnp
import pytest

import vnl_core.envs  # noqa: F401  (registers it)
from vnl_core.presets import PRESETS


def test_the_seeds_arguments_are_the_tasks():
    env = brax.envs.get_environment(
        "walker",
        backend="native",
        n_frames=4,
        forward_reward_weight=2.0,
        ctrl_cost_weight=0.2,
        healthy_reward=0.7,
        distance_reward=0.0,
        terminate_when_unhealthy=True,
        healthy_z_range=(0.1, 0.9),
        reset_noise_scale=0.0,
    )
    seed = PRESETS["seed-notebook"].run
    assert env.backend == "native"
    assert env.dt == pytest.approx(4 * seed.scene.physics_timestep)
    weights = {name: reward.weight for name, reward in env.task.rewards.items()}
    assert weights == {"forward": 2.0, "control_cost": 0.2, "alive": 0.7}
    assert list(env.task.terminations) == ["unhealthy"]
    assert (env.task.healthy_height, env.task.reset_noise) == ((0.1, 0.9), 0.0)
    state = jax.jit(env.step)(env.reset(jax.random.PRNGKey(0)), jnp.zeros(env.action_size))
    speed = state.info["values"]["x_velocity"]
    assert state.metrics["forward_reward"] == pytest.approx(2.0 * speed)


def test_a_preset_may_be_asked_for():
    env = brax.envs.get_environment("walker", preset="ant-gaps", engine="native")
    run = PRESETS["ant-gaps"].run
    assert (env.scene.config, env.task) == (run.scene, run.task)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"backend": "spring"}, ValueError, "backend: 'spring'.*native"),
        ({"preset": "cat"}, ValueError, "preset.*ant-gaps"),
        ({"forward_weight": 1.0}, TypeError, "forward_weight.*forward_reward_weight"),
        ({"healthy_z_range": (1.0, 0.0)}, ValueError, "range 1 to 0 m"),
        (
            {"exclude_current_positions_from_observation": False},
            ValueError,
            "exclude_current_positions.*lateral_position",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        brax.envs.get_environment("walker", **arguments)
