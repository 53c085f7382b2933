"""Where a rollout's actions come from: simple signals, or a trained checkpoint."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from vnl_core.config import PolicyKind, RolloutConfig
from vnl_core.scene import Scene
from vnl_core.training.checkpoint import load_policy
from vnl_core.trajectory import Trajectory

# (params, observation (obs,), time () in seconds, key) -> action (nu,) in [-1, 1]
Act = Callable[[Any, jax.Array, jax.Array, jax.Array], jax.Array]


@dataclass(frozen=True)
class Policy:
    """A pure function and its parameters, apart, so that new values need no new compilation.

    Policies of equal `program` have the same function, whatever their parameters.
    """

    program: tuple[Hashable, ...]
    act: Act
    params: Any


def make_policy(config: RolloutConfig, scene: Scene) -> Policy:
    """The policy that `config` names, for the walker of `scene`.

    Actions are shares of each actuator's control range: -1 its low end, 1 its high end.

    Raises:
      FileNotFoundError, ValueError: the checkpoint or the trajectory to replay is missing,
        broken or of another task.
    """
    makers: dict[PolicyKind, Callable[[RolloutConfig, Scene], Policy]] = {
        "zero": _zero,
        "random": _random,
        "sine": _sine,
        "constant": _constant,
        "checkpoint": _checkpoint,
        "replay": _replay,
    }
    return makers[config.policy](config, scene)


def _zero(config: RolloutConfig, scene: Scene) -> Policy:
    """A control of 0, or the nearest that the range allows."""
    low, high = scene.model.actuator_ctrlrange.T
    action = (np.clip(0.0, low, high) - low) / (high - low) * 2.0 - 1.0
    return Policy(
        ("zero",), lambda params, obs, time, key: params, jnp.asarray(action, jnp.float32)
    )


def _constant(config: RolloutConfig, scene: Scene) -> Policy:
    action = jnp.full(scene.model.nu, config.constant, jnp.float32)
    return Policy(("constant",), lambda params, obs, time, key: params, action)


def _random(config: RolloutConfig, scene: Scene) -> Policy:
    """Uniform over the whole control range, drawn anew at every control step."""
    shape = (scene.model.nu,)

    def act(params, obs, time, key):
        return jax.random.uniform(key, shape, minval=-1.0, maxval=1.0)

    return Policy(("random",), act, None)


def _sine(config: RolloutConfig, scene: Scene) -> Policy:
    """A sine whose phases are spread evenly over the actuators."""
    phases = 2 * np.pi * np.arange(scene.model.nu, dtype=np.float32) / max(scene.model.nu, 1)

    def act(params, obs, time, key):
        amplitude, frequency = params
        return amplitude * jnp.sin(2 * np.pi * frequency * time + phases)

    params = jnp.array([config.amplitude, config.frequency], jnp.float32)
    return Policy(("sine",), act, params)


def _replay(config: RolloutConfig, scene: Scene) -> Policy:
    """The controls of an earlier episode; after its end, the last one."""
    assert config.replay is not None  # RolloutConfig refuses it
    recorded = Trajectory.load(config.replay)
    dt = recorded.control_timestep
    if recorded.ctrl.shape[1] != scene.model.nu or dt != scene.config.control_timestep:
        raise ValueError(
            f"replay: {config.replay} has other actuators or another control timestep than this "
            "scene. Replay it in its own scene."
        )
    low, high = scene.model.actuator_ctrlrange.T
    actions = jnp.asarray((recorded.ctrl - low) / (high - low) * 2.0 - 1.0, jnp.float32)

    def act(params, obs, time, key):
        return params[jnp.clip(jnp.round(time / dt).astype(int), 0, len(params) - 1)]

    return Policy(("replay", len(actions), dt), act, actions)


def _checkpoint(config: RolloutConfig, scene: Scene) -> Policy:
    assert config.checkpoint is not None  # RolloutConfig refuses it
    saved = load_policy(Path(config.checkpoint), config.deterministic)
    if saved.action_size != scene.model.nu:
        raise ValueError(
            f"checkpoint: it drives {saved.action_size} actuators and this "
            f"{scene.config.walker} has {scene.model.nu}. Choose the walker it was trained with."
        )
    if not config.task.sees_as(saved.config.task):
        raise ValueError(
            "task.observations: the checkpoint was trained to see "
            f"{', '.join(saved.config.task.observations)}. Use the run's own task."
        )

    def act(params, obs, time, key):
        return saved.act(params, obs, key)

    ppo = saved.config.ppo
    program = (
        "checkpoint",
        config.deterministic,
        ppo.policy_hidden_layer_sizes,
        ppo.value_hidden_layer_sizes,
        ppo.normalize_observations,
        ppo.observation_clip,
    )
    return Policy(program, act, saved.params)
