"""How wide a gap the walker crosses: the psychometric function of crossing against width.

P(w) = γ + (1 - γ - λ) · F(w), where F falls with the width w, γ is the share crossed of gaps that
are far too wide and λ that missed of gaps that are easy (Wichmann & Hill 2001, Perception &
Psychophysics 63; not checked against the paper). It is fitted with overdispersion by psignifit
(Schütt et al. 2016, Vision Research 122), the toolbox of that method's authors.

Gaps of one episode are not independent, and gap k is met only by those that crossed k - 1. So
intervals come from episodes drawn with replacement (cluster bootstrap), and `first_only` takes
the one gap of each episode that everybody meets.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

# Of outcomes these are trials; a censored encounter says nothing of the gap.
TRIALS = ("crossed", "fell", "refused")
# Widths closer than this, in metres, are one width: single precision places platforms so well.
SAME_WIDTH = 1e-3
# A bootstrap's fits have a coarser grid than the first, and the overdispersion of the episodes
# themselves, which are what is drawn.
_COARSE = {"threshold": 30, "width": 20, "lambda": 8, "gamma": 8, "eta": 1}
_COARSE_BOUNDS = {"threshold": 15, "width": 10, "lambda": 5, "gamma": 5, "eta": 1}


class Interval(NamedTuple):
    """An estimate with the ends of its 95 % interval."""

    estimate: float
    low: float
    high: float


class Point(NamedTuple):
    """What became of the gaps of one width."""

    width: float
    """Metres."""
    crossed: int
    trials: int
    share: Interval


class Crossing(NamedTuple):
    """Crossing against width."""

    points: tuple[Point, ...]
    w50: Interval | None
    """Metres: where F is a half; None where the widths tested do not bracket it."""
    spread: float
    """Metres over which F falls from 0.95 to 0.05; NaN without `w50`."""
    lapses: float
    """λ: share of easy gaps that were missed; NaN without `w50`."""
    guesses: float
    """γ: share of far too wide gaps that were crossed; NaN without `w50`."""
    episodes: int
    seeds: int
    """Training seeds: the independent units of a claim about a training."""
    body_length: float
    """Metres."""
    note: str
    """Why there is no `w50`; empty where there is."""

    def curve(self, width: np.ndarray) -> np.ndarray:
        """The fitted share crossed at each `width` (m); NaN without `w50`."""
        if self.w50 is None:
            return np.full(np.shape(width), np.nan)
        # Psignifit's width is that from 0.05 to 0.95.
        scale = self.spread / (norm.ppf(0.95) - norm.ppf(0.05))
        falls = norm.sf((np.asarray(width) - self.w50.estimate) / scale)
        return self.guesses + (1 - self.guesses - self.lapses) * falls


def trials(encounters: pd.DataFrame, first_only: bool = False) -> pd.DataFrame:
    """The encounters that count, with columns `level` (width, m), `cluster` and `won`.

    Args:
      encounters: the table of a study.
      first_only: only the first gap of each episode.
    """
    counts = encounters["outcome"].isin(TRIALS)
    if first_only:
        counts &= encounters["gap"] == 0
    kept = encounters.loc[counts]
    who = ["run", "step", "condition", "episode"]
    return kept.assign(
        level=(kept["width"] / SAME_WIDTH).round() * SAME_WIDTH,
        cluster=kept.groupby(who, sort=False).ngroup(),
        won=kept["outcome"] == "crossed",
    )


def crossing(
    encounters: pd.DataFrame, first_only: bool = False, draws: int = 200, seed: int = 0
) -> Crossing:
    """Fits crossing against width.

    Args:
      encounters: the table of a study, of one checkpoint or of several that are pooled.
      first_only: take only the first gap of each episode.
      draws: of the cluster bootstrap.
      seed: of these draws.

    Raises:
      ValueError: no gap was met.
    """
    found = trials(encounters, first_only)
    if found.empty:
        raise ValueError("encounters: no gap was met, so there is nothing to fit. Widen the study.")
    levels, level = np.unique(found["level"].to_numpy(float), return_inverse=True)
    won = found["won"].to_numpy(bool)
    clusters = found["cluster"].to_numpy(int)
    counts = _counts(levels, level, won)
    drawn = [_counts(levels, level, won, weight) for weight in _weights(clusters, draws, seed)]
    shares = np.array([_share(sample) for sample in drawn])
    points = tuple(
        Point(float(w), int(k), int(n), _interval(k / n, shares[:, i]))
        for i, (w, k, n) in enumerate(counts)
    )
    whole = {
        "points": points,
        "episodes": int(len(np.unique(clusters))),
        "seeds": len(np.unique(found["training_seed"].to_numpy(int))),
        "body_length": float(
            np.median(found["width"].to_numpy(float) / found["width_body_lengths"].to_numpy(float))
        ),
    }
    if note := _unbracketed(counts):
        nothing = float("nan")
        return Crossing(
            w50=None, spread=nothing, lapses=nothing, guesses=nothing, note=note, **whole
        )
    fit = _fit(counts)
    # A draw in which nothing brackets the threshold has none.
    w50s = [_fit(sample, coarse=True)["threshold"] for sample in drawn if not _unbracketed(sample)]
    return Crossing(
        w50=_interval(fit["threshold"], np.array(w50s)),
        spread=fit["width"],
        lapses=fit["lambda"],
        guesses=fit["gamma"],
        note="",
        **whole,
    )


def _counts(
    levels: np.ndarray, level: np.ndarray, won: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """Rows of width, crossed and trials, (levels, 3)."""
    weight = np.ones(len(won)) if weight is None else weight
    total = np.bincount(level, weight, len(levels))
    crossed = np.bincount(level, weight * won, len(levels))
    return np.stack([levels, crossed, total], axis=1)


def _weights(clusters: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """How often each trial is in each draw of whole clusters, (draws, trials)."""
    rng = np.random.default_rng(seed)
    names, which = np.unique(clusters, return_inverse=True)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    return drawn[:, which].astype(float)


def _share(counts: np.ndarray) -> np.ndarray:
    """Share crossed, NaN at a width that no episode of the draw has met."""
    return np.divide(
        counts[:, 1], counts[:, 2], where=counts[:, 2] > 0, out=np.full(len(counts), np.nan)
    )


def _interval(estimate: float, drawn: np.ndarray) -> Interval:
    if not np.isfinite(drawn).any():
        return Interval(float(estimate), float("nan"), float("nan"))
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Interval(float(estimate), float(low), float(high))


def _unbracketed(counts: np.ndarray) -> str:
    """Why there is no threshold within the widths tested; empty where there is one."""
    share = _share(counts)
    share = share[np.isfinite(share)]
    if len(share) < 3:
        return "Fewer than three widths were met: study more widths."
    if share.max() < 0.5:
        return "Less than half of the gaps of every width were crossed: study narrower gaps."
    if share.min() > 0.5:
        return "More than half of the gaps of every width were crossed: study wider gaps."
    return ""


def _fit(counts: np.ndarray, coarse: bool = False) -> dict[str, float]:
    """Psignifit's estimates: threshold, width, lambda and gamma."""
    import psignifit  # it imports matplotlib: not before it is used

    options: dict[str, Any] = {"sigmoid": "neg_gauss", "experiment_type": "yes/no"}
    if coarse:
        options |= {
            "grid_steps": _COARSE,
            "steps_moving_bounds": _COARSE_BOUNDS,
            "fixed_parameters": {"eta": 1e-6},
        }
    rows = counts[counts[:, 2] > 0]
    result = psignifit.psignifit(rows, verbose=False, **options)
    return {name: float(x) for name, x in result.parameter_estimate.items()}
