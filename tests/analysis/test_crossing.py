"""Crossing against width, of encounters drawn from a known curve."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from vnl_core.analysis.crossing import crossing, trials

WIDTHS = np.linspace(0.05, 1.0, 12)
W50, SIGMA, LAPSES = 0.5, 0.12, 0.03


def _encounters(seed, episodes=20, gaps=4, spread=0.08):
    """Episodes whose own threshold is spread, so that gaps of one are alike."""
    rng = np.random.default_rng(seed)
    rows = []
    for condition, width in enumerate(WIDTHS):
        for episode in range(episodes):
            own = W50 + spread * rng.standard_normal()
            for gap in range(gaps):
                crossed = rng.random() < (1 - LAPSES) * norm.sf((width - own) / SIGMA)
                rows.append((f"{condition}", episode, gap, width, "crossed" if crossed else "fell"))
                if not crossed:
                    break
    table = pd.DataFrame(rows, columns=["condition", "episode", "gap", "width", "outcome"])
    return table.assign(run="run", step=1, training_seed=0, width_body_lengths=table["width"] / 0.5)


@pytest.fixture(scope="module")
def found():
    return crossing(_encounters(3), first_only=True, draws=20)


def test_the_threshold_of_a_known_curve_is_found(found):
    # First gaps alone: one trial an episode, drawn from the curve widened by the spread.
    # Over 30 such tables the estimates had mean 0.504 and deviation 0.027: three of these.
    assert found.w50.estimate == pytest.approx(W50, abs=0.08)
    assert found.w50.low < found.w50.estimate < found.w50.high
    # 95 % are about four deviations wide; of 20 draws known to a third.
    assert 0.05 < found.w50.high - found.w50.low < 0.2
    assert found.spread == pytest.approx(2 * 1.645 * np.hypot(SIGMA, 0.08), rel=0.5)
    assert (found.episodes, found.seeds) == (240, 1)
    assert found.body_length == pytest.approx(0.5)


def test_points_hold_the_raw_shares(found):
    raw = trials(_encounters(3), first_only=True)
    assert sum(point.trials for point in found.points) == len(raw) == 240
    for point in found.points:
        assert point.share.estimate == point.crossed / point.trials
        assert point.share.low <= point.share.estimate <= point.share.high


@pytest.mark.parametrize(
    ("outcome", "note"), [("crossed", "study wider gaps"), ("fell", "study narrower gaps")]
)
def test_nothing_is_extrapolated(outcome, note):
    found = crossing(_encounters(1).assign(outcome=outcome), draws=20)
    assert found.w50 is None
    assert note in found.note


def test_censored_encounters_are_no_trials():
    table = _encounters(1, episodes=4)
    table.loc[0, "outcome"] = "censored"
    assert len(trials(table)) == len(table) - 1


def test_intervals_come_from_whole_episodes():
    """The same trials as ten times as many, all copies, say no more than before."""
    table = _encounters(2, gaps=1)
    copies = pd.concat([table.assign(gap=gap) for gap in range(10)])
    once, often = (crossing(x.loc[x["width"] < 0.2], draws=100) for x in (table, copies))
    for one, ten in zip(once.points, often.points, strict=True):
        assert ten.trials == 10 * one.trials
        assert ten.share == pytest.approx(one.share)


def test_without_encounters_there_is_nothing_to_fit():
    with pytest.raises(ValueError, match="no gap was met"):
        crossing(_encounters(1).iloc[:0])
