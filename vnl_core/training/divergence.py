"""NaN and infinity: which term they came from, and what the batch looked like."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from brax.training.types import Transition

from vnl_core.physics import instability
from vnl_core.training.ppo import NEVER

# Within a control step: what is seen, what is done, what is paid for it.
_ORDER = ("observation", "action", "reward/", "reward")
_REMEDY = {
    "observation": "Let the task end such episodes, or give the physics smaller time steps.",
    "action": "The networks are broken: resume from the last checkpoint with a lower learning "
    "rate, set in a new run.",
    "reward": "Look at the term for a division or a power without bound.",
    "loss": "Lower learning_rate, or look for observations or rewards without bound.",
}


class Diverged(FloatingPointError):
    """The training has met NaN or infinity; `report` says where, as JSON data."""

    def __init__(self, message: str, report: dict[str, Any]):
        super().__init__(message)
        self.report = report


def check_batch(
    step: int,
    first_bad: dict[str, np.ndarray],
    data: Transition,
    observation_terms: Mapping[str, int],
) -> None:
    """Look for NaN and infinity in what was collected.

    Args:
      step: env steps trained before this batch.
      first_bad: see `Collected`.
      data: the batch, looked at only if need be.
      observation_terms: how many components of the observation each term gives, in their
        order; empty where that is unknown.

    Raises:
      Diverged: something in it is no finite number.
    """
    times = {name: int(np.min(at)) for name, at in first_bad.items()}
    if all(at == NEVER for at in times.values()):
        return

    def order(name: str) -> tuple[int, int]:
        return times[name], next(i for i, start in enumerate(_ORDER) if name.startswith(start))

    term = min(times, key=order)
    which = ""
    report: dict[str, Any] = {"step": step, "term": term, "control_step": times[term]}
    if term == "observation":
        components = np.flatnonzero(first_bad[term] == times[term]).tolist()
        names = component_names(observation_terms)
        report["components"] = components
        report["names"] = [names[i] if names else str(i) for i in components]
        which = f" {', '.join(report['names'][:8])}"
    raise Diverged(
        f"NaN or infinity in {term}{which}, {times[term]} control steps after env step {step}. "
        f"{_REMEDY[term.split('/')[0]]}",
        {**report, "batch": summary(data)},
    )


def check_losses(step: int, losses: dict[str, np.ndarray], data: Transition) -> None:
    """Look for NaN and infinity in what was learned.

    Args:
      step: env steps trained before this batch.
      losses: the update's metrics; `params_norm` is that of the networks after it.
      data: the batch, looked at only if need be.

    Raises:
      Diverged: a loss, or the networks after the update, are no finite numbers.
    """
    bad = [name for name, value in losses.items() if not np.isfinite(value)]
    if not bad:
        return
    parts = [name for name in bad if name.endswith("_loss") and name != "total_loss"]
    term = (parts or bad)[0]
    values = {name: _number(value) for name, value in losses.items()}
    raise Diverged(
        f"NaN or infinity in {term} in the update after env step {step}, of a batch without any. "
        f"{_REMEDY['loss']}",
        {"step": step, "term": term, "losses": values, "batch": summary(data)},
    )


def check_stability(
    step: int, unstable: Mapping[str, float], episodes: int, most: float, described: str
) -> None:
    """Look at how many episodes ended because MuJoCo gave the simulation up.

    Args:
      step: env steps trained at the end of these episodes.
      unstable: how many of the episodes did, by the degree of freedom that broke.
      episodes: how many ended since the last evaluation.
      most: the largest share of them that is tolerated.
      described: whose simulation it is: walker and timestep; may be empty.

    Raises:
      Diverged: it is a greater share.
    """
    count = sum(unstable.values())
    if count <= most * episodes:
        return
    whose = f" of {described}" if described else ""
    worst = max(unstable, key=lambda name: unstable[name])
    raise Diverged(
        f"The simulation{whose} became unstable in {count:g} of {episodes} episodes before "
        f"env step {step}, more than max_unstable_share = {most:g}: NaN or a huge value in {worst} "
        f"({unstable[worst]:g} of them). {instability.REMEDY}",
        {
            "step": step,
            "term": "simulation",
            "unstable": dict(unstable),
            "episodes": episodes,
        },
    )


def component_names(observation_terms: Mapping[str, int]) -> list[str]:
    """What each component of an observation is: `height_scan[3]` is the term's fourth."""
    return [f"{term}[{i}]" for term, size in observation_terms.items() for i in range(size)]


def summary(data: Transition) -> dict[str, Any]:
    """Per component of observation, action and reward: extent, mean, and how many are bad."""
    parts = {"observation": data.observation, "action": data.action, "reward": data.reward}
    return {name: _extent(np.asarray(jax.device_get(x))) for name, x in parts.items()}


def _extent(x: np.ndarray) -> dict[str, Any]:
    flat = x.reshape(-1, x.shape[-1]) if x.ndim > 2 else x.reshape(-1, 1)
    good = np.isfinite(flat)
    empty = np.logical_not(np.any(good, axis=0))
    kept = np.where(good, flat, 0.0)
    columns = {
        "min": np.where(good, flat, np.inf).min(axis=0),
        "max": np.where(good, flat, -np.inf).max(axis=0),
        "mean": kept.sum(axis=0) / np.maximum(good.sum(axis=0), 1),
    }
    numbers = {
        name: [None if e else float(v) for v, e in zip(values, empty.tolist(), strict=True)]
        for name, values in columns.items()
    }
    return {"shape": list(x.shape), **numbers, "not_finite": (~good).sum(axis=0).tolist()}


def _number(value: np.ndarray) -> float | str:
    return float(value) if np.isfinite(value) else str(float(value))
