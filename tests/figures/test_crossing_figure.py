"""The figure of crossing against width says what was found, in the same bytes each time."""

import numpy as np
import pytest

from vnl_core.analysis.crossing import Crossing, Interval, Point
from vnl_core.figures.crossing import crossing_figure
from vnl_core.figures.style import write

FOUND = Crossing(
    points=tuple(
        Point(w, round(20 * p), 20, Interval(p, max(p - 0.1, 0), min(p + 0.1, 1)))
        for w, p in ((0.1, 1.0), (0.4, 0.8), (0.7, 0.2), (1.0, 0.0))
    ),
    w50=Interval(0.55, 0.5, 0.6),
    spread=0.4,
    lapses=0.04,
    guesses=0.02,
    episodes=40,
    seeds=1,
    body_length=0.5,
    note="",
)


def test_the_curve_is_half_way_at_the_threshold_and_wide_as_fitted():
    low, half, high = FOUND.curve(np.array([0.55 - 0.2, 0.55, 0.55 + 0.2]))
    height = 1 - 0.04 - 0.02
    assert half == pytest.approx(0.02 + height / 2)
    assert (low, high) == pytest.approx((0.02 + 0.95 * height, 0.02 + 0.05 * height))


def test_counts_and_threshold_stand_in_the_figure(tmp_path):
    paths = write(crossing_figure({"ant": FOUND}), tmp_path, "crossing")
    assert [path.suffix for path in paths] == [".pdf", ".svg", ".png"]
    text = paths[1].read_text(encoding="utf-8")
    for words in ("40 episodes, 1 training seed", "0.55 m [0.50, 0.60]", "Gap length (m)"):
        assert words in text


def _curves(found):
    """The x of the curves that are drawn, which have many points."""
    drawn = [np.asarray(line.get_xdata()) for line in crossing_figure(found).axes[0].lines]
    return [x for x in drawn if len(x) == 200]


def test_the_curve_ends_at_the_widths_tested():
    (curve,) = _curves({"ant": FOUND})
    assert (curve.min(), curve.max()) == (0.1, 1.0)


def test_the_same_figure_has_the_same_bytes(tmp_path):
    one = write(crossing_figure({"ant": FOUND}), tmp_path / "one", "crossing")
    two = write(crossing_figure({"ant": FOUND}), tmp_path / "two", "crossing")
    for a, b in zip(one, two, strict=True):
        assert a.read_bytes() == b.read_bytes()


def test_without_a_threshold_points_are_drawn_alone():
    assert _curves({"ant": FOUND._replace(w50=None)}) == []
