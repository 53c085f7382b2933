"""Checkpoints: what was learnt, the config it was learnt with, and how to act by it again.

A folder checkpoints/<step>/ holds config.json (the RunConfig), sizes.json (of the
networks' ends), and two orbax trees: policy/ (normaliser, policy, value function) and
optimizer/ (Adam's moments). It is written aside and renamed, so that it is whole.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import orbax.checkpoint as ocp
from jax.sharding import SingleDeviceSharding

from vnl_core.config import RunConfig
from vnl_core.runs.directory import step_name
from vnl_core.training.networks import (
    PolicyParams,
    init_params,
    make_networks,
    policy_function,
    strong_types,
)
from vnl_core.training.ppo import TrainingState


def save(
    folder: Path,
    step: int,
    state: TrainingState,
    config: RunConfig,
    observation_size: int,
    action_size: int,
) -> Path:
    """Save `state` as <folder>/<step>, in place of an earlier one of that step; its path.

    Raises:
        OSError: the disk is full or read-only; nothing half-made stays visible.
    """
    path = folder.resolve() / step_name(step)
    aside = path.with_name(f".{path.name}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    with ocp.StandardCheckpointer() as checkpointer:
        checkpointer.save(aside / "policy", strong_types(state.params))
        checkpointer.save(aside / "optimizer", strong_types(state.optimizer))
    sizes = {"step": step, "observation_size": observation_size, "action_size": action_size}
    (aside / "sizes.json").write_text(json.dumps(sizes) + "\n", encoding="utf-8")
    (aside / "config.json").write_text(config.to_json(), encoding="utf-8")
    shutil.rmtree(path, ignore_errors=True)
    aside.rename(path)
    return path


@dataclass(frozen=True)
class SavedPolicy:
    """A policy from a checkpoint. Call it, or use `act` to pass the parameters to `jax.jit`."""

    config: RunConfig
    step: int
    observation_size: int
    action_size: int
    params: PolicyParams
    deterministic: bool

    def act(self, params: PolicyParams, observation: jax.Array, key: jax.Array) -> jax.Array:
        """(observation (…, observation_size), key) -> action (…, action_size) in [-1, 1]."""
        networks = make_networks(self.config.ppo, self.observation_size, self.action_size)
        return policy_function(networks, self.deterministic)(params, observation, key)

    def __call__(self, observation: jax.Array, key: jax.Array) -> jax.Array:
        """`act` with the checkpoint's parameters."""
        return self.act(self.params, observation, key)


def load_policy(path: Path, deterministic: bool = True) -> SavedPolicy:
    """The policy in the checkpoint folder `path`, normalising observations as trained.

    Args:
      path: a folder runs/<id>/checkpoints/<step>.
      deterministic: act by the distribution's mode rather than by samples.

    Raises:
      FileNotFoundError: there is no checkpoint.
      ValueError: it is broken.
    """
    path = path.resolve()
    if not (path / "config.json").is_file():
        raise FileNotFoundError(
            f"checkpoint: {path} holds no checkpoint. Name a folder runs/ID/checkpoints/STEP."
        )
    try:
        config = RunConfig.model_validate_json((path / "config.json").read_bytes())
        sizes = json.loads((path / "sizes.json").read_text(encoding="utf-8"))
        shape = _shape_of_params(config, sizes["observation_size"], sizes["action_size"])
        with ocp.StandardCheckpointer() as checkpointer:
            params = checkpointer.restore(path / "policy", shape)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"checkpoint: {path} is broken ({error}). Take another checkpoint of the run."
        ) from error
    return SavedPolicy(
        config,
        sizes["step"],
        sizes["observation_size"],
        sizes["action_size"],
        params,
        deterministic,
    )


def _shape_of_params(config: RunConfig, observation_size: int, action_size: int) -> Any:
    """Shapes and types of the parameters, on this machine's first device."""
    networks = make_networks(config.ppo, observation_size, action_size)
    tree = jax.eval_shape(
        lambda key: init_params(networks, observation_size, key), jax.random.PRNGKey(0)
    )
    # Named, because the checkpoint may come from a machine with other devices.
    device = SingleDeviceSharding(jax.devices()[0])
    return jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=device), tree)
