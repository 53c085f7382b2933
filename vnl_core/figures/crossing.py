"""Crossing against width: points with intervals, the fitted curve and the width crossed by half."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from vnl_core.analysis.crossing import Crossing
from vnl_core.figures.style import COLOURS, draw


def crossing_figure(found: Mapping[str, Crossing]) -> Figure:
    """The curves of one or several checkpoints or conditions, by the name in the legend.

    Curves end at the widths tested; the bar at one half is the threshold's 95 % interval.
    """

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        for (name, result), colour in zip(found.items(), _colours(len(found)), strict=True):
            _one(axes, name, result, colour)
        axes.set(xlabel="Gap length (m)", ylabel="Share of gaps crossed", ylim=(-0.03, 1.03))
        axes.set_xlim(left=0)
        axes.legend(loc="upper right", fontsize=6)
        only = next(iter(found.values()))
        if len(found) == 1:
            length = only.body_length
            above = axes.secondary_xaxis(
                "top",
                functions=(lambda x: np.asarray(x) / length, lambda x: np.asarray(x) * length),
            )
            above.set_xlabel("Body lengths")

    return draw(paint)


def _one(axes, name: str, result: Crossing, colour: str) -> None:
    width = np.array([point.width for point in result.points])
    share = np.array([point.share for point in result.points])  # estimate, low, high
    bars = np.abs(share[:, 1:] - share[:, :1]).T
    counts = f"{result.episodes} episodes, {result.seeds} training seed"
    label = f"{name} ({counts}{'' if result.seeds == 1 else 's'})"
    axes.errorbar(width, share[:, 0], bars, fmt="o", ms=3, lw=0.7, color=colour, label=label)
    if result.w50 is None:
        return
    fine = np.linspace(width.min(), width.max(), 200)
    axes.plot(fine, result.curve(fine), color=colour)
    w50 = result.w50
    half = (1 + result.guesses - result.lapses) / 2
    axes.plot([w50.low, w50.high], [half, half], color=colour, lw=3, alpha=0.5)
    axes.annotate(
        f"{w50.estimate:.2f} m [{w50.low:.2f}, {w50.high:.2f}]",
        (w50.low, half),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        color=colour,
    )


def _colours(count: int) -> list[str]:
    return [COLOURS[i % len(COLOURS)] for i in range(count)]
