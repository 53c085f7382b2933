"""Checkpoints: what was learnt, the config it was learnt with, and how to go on from there.

A folder checkpoints/<step>/ has two parts, each with a SHA256SUMS of its own. What one acts
by: config.json (the RunConfig), sizes.json (of the networks' ends), and the orbax tree policy/
(normaliser, policy, value function). And state/, which older checkpoints have lost: what else a
training resumes from, as the orbax tree arrays/ and progress.json. A checkpoint is written aside,
brought onto the disk, and renamed, so that it is whole.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import orbax.checkpoint as ocp
from jax.sharding import SingleDeviceSharding

from vnl_core.aside import make_folder
from vnl_core.config import RunConfig
from vnl_core.plain_files import first_fault, read_plain
from vnl_core.runs import checksums
from vnl_core.runs.checksums import Damaged
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.retention import STATE, remove
from vnl_core.training import checkpoint_trust
from vnl_core.training.networks import (
    PolicyParams,
    init_params,
    make_networks,
    policy_function,
    strong_types,
)
from vnl_core.training.snapshot import Progress, Snapshot

# Numbers that a network sees or gives at most; the rodent sees some hundreds.
_WIDEST = 1_000_000


def save(
    folder: Path,
    snapshot: Snapshot,
    config: RunConfig,
    observation_size: int,
    action_size: int,
    metrics_size: int = 0,
) -> Path:
    """Save `snapshot` as <folder>/<step>, in place of an earlier one of that step; its path.

    Args:
      folder: the run's checkpoints.
      snapshot: what to save.
      config: the run's.
      observation_size: of the networks.
      action_size: of the networks.
      metrics_size: bytes of metrics.jsonl that belong to it; what comes later is not of its past.

    Raises:
      OSError, ValueError: the disk is full or read-only; nothing half-made stays visible.
    """
    step = snapshot.progress.updates * config.ppo.steps_per_update
    path = folder.resolve() / step_name(step)
    names, arrays = _numbered(snapshot.arrays)
    progress = {
        "progress": snapshot.progress.to_dict(),
        "metrics_size": metrics_size,
        "devices": [str(device) for device in jax.devices()],
        "jax": jax.__version__,
        "arrays": names,
    }
    sizes = {"step": step, "observation_size": observation_size, "action_size": action_size}

    def fill(aside: Path) -> None:
        (aside / STATE).mkdir()
        with ocp.StandardCheckpointer() as checkpointer:
            checkpointer.save(aside / "policy", strong_types(snapshot.learning.params))
            checkpointer.save(aside / STATE / "arrays", arrays)
        _write(aside / STATE / "progress.json", progress)
        _write(aside / "sizes.json", sizes)
        (aside / "config.json").write_text(config.to_json(), encoding="utf-8")
        checksums.write(aside / STATE)
        checksums.write(aside, but=[STATE])
        remove(path)

    make_folder(path, fill, sole=True)  # the run's lock is held
    checksums.sync(path.parent)
    return path


class Resumable(NamedTuple):
    """A checkpoint that a training can go on from."""

    path: Path
    step: int
    progress: Progress
    metrics_size: int
    """Bytes of metrics.jsonl that belong to it."""
    damaged: list[str]
    """What is wrong with the newer checkpoints that had to be passed over."""

    def load(self, like: Snapshot) -> Snapshot:
        """The snapshot; `like` shows shapes, types and devices.

        Raises:
          ValueError: it is of another environment or config.
        """
        names, shapes = _numbered(like.arrays)
        found = json.loads(read_plain(self.path / STATE / "progress.json"))["arrays"]
        if names != found:
            # One of their names, new ones first; should only their order differ, the first.
            new, old = set(names.values()), set(found.values())
            other = (sorted(new - old) or sorted(old - new) or list(names.values()))[0]
            raise ValueError(
                f"checkpoint: {self.path} was saved by another version or config: its arrays "
                f"differ, {other} among them. Its policy can still be evaluated and rolled out; "
                "to train on, start a new run."
            )
        with ocp.StandardCheckpointer() as checkpointer:
            checkpoint_trust.check(self.path / STATE / "arrays", shapes)
            saved = checkpointer.restore(self.path / STATE / "arrays", shapes)
        leaves, tree = jax.tree.flatten(like.arrays)
        # Orbax cannot save empty arrays; they are made anew.
        kept = [saved.get(_key(i), leaf) for i, leaf in enumerate(leaves)]
        return Snapshot(self.progress, *jax.tree.unflatten(tree, kept))


def newest(run: RunDir) -> Resumable | None:
    """The newest whole checkpoint of `run` with its state; None where it has no checkpoint.

    A damaged one is renamed to <step>.damaged, so that nothing uses it again.

    Raises:
      Damaged: none that could be resumed from is whole; the message names them.
      OSError: one cannot be read or renamed.
    """
    damaged: list[str] = []
    found = run.checkpoints()
    for step, path in reversed(found):
        if not (path / STATE).is_dir():
            continue
        try:
            checksums.verify(path, but=[STATE])
            checksums.verify(path / STATE)
            data = json.loads(read_plain(path / STATE / "progress.json"))
            progress = Progress.from_dict(data["progress"])
            return Resumable(path, step, progress, data["metrics_size"], damaged)
        except Damaged as error:
            damaged.append(str(error))
            spoilt = path.with_name(f"{path.name}.damaged")
            remove(spoilt)
            path.rename(spoilt)
    if found:
        raise Damaged(
            " ".join(damaged or ["No checkpoint of the run has its state any more."])
            + " There is none left to resume from. Start a new run with the same config."
        )
    return None


def _key(index: int) -> str:
    return f"{index:05d}"


def _numbered(tree: Any) -> tuple[dict[str, str], dict[str, jax.Array]]:
    """Names with shapes and types, and the arrays of `tree` that are not empty, by number.

    Numbers, because what an environment keeps is its own affair, and not always what orbax
    can name.
    """
    leaves = [
        (jax.tree_util.keystr(path), x) for path, x in jax.tree_util.tree_leaves_with_path(tree)
    ]
    names = {_key(i): f"{name} {x.dtype}{list(x.shape)}" for i, (name, x) in enumerate(leaves)}
    return names, {_key(i): x for i, (_, x) in enumerate(leaves) if np.size(x)}


def _write(path: Path, data: dict[str, Any]) -> None:
    path.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", encoding="utf-8")


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
      ValueError: it is damaged, or broken otherwise; the message names it.
    """
    path = path.resolve()
    if path.is_dir() and (fault := first_fault(path)):
        raise ValueError(f"checkpoint: {path} is not trusted: {fault} It has plain files only.")
    if not (path / "config.json").is_file():
        raise FileNotFoundError(
            f"checkpoint: {path} holds no checkpoint. Name a folder runs/ID/checkpoints/STEP."
        )
    try:
        # Checkpoints from before checksums have none.
        if (path / checksums.NAME).exists() or (path / STATE).exists():
            checksums.verify(path, but=[STATE])
        config = RunConfig.model_validate_json(read_plain(path / "config.json"))
        sizes = json.loads(read_plain(path / "sizes.json", 4096))
        if not all(0 < sizes[end] <= _WIDEST for end in ("observation_size", "action_size")):
            raise ValueError("sizes.json declares networks that no walker has.")
        shape = _shape_of_params(config, sizes["observation_size"], sizes["action_size"])
        checkpoint_trust.check(path / "policy", shape)
        with ocp.StandardCheckpointer() as checkpointer:
            params = checkpointer.restore(path / "policy", shape)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(
            f"checkpoint: {path} is broken ({error}) Take another checkpoint of the run."
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
    # Named explicitly, since the checkpoint may come from a machine with other devices.
    device = SingleDeviceSharding(jax.devices()[0])
    return jax.tree.map(lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=device), tree)
