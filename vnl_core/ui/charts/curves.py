"""Figures of training curves."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from vnl_core.config import TaskConfig
from vnl_core.ui.texts import in_chart

Rows = Sequence[Mapping[str, Any]]
_EVAL_TERM = "eval/episode_"
_LOSSES = {
    "total": "training/total_loss",
    "policy": "training/policy_loss",
    "value": "training/v_loss",
    "entropy": "training/entropy_loss",
}
# "unstable": MuJoCo met NaN or huge values and gave the simulation up (docs/guide.md).
_ENDS = {
    "fall": "fell",
    "unhealthy": "unhealthy height",
    "finished": "corridor's end",
    "time": "time limit",
    "unstable": "unstable simulation",
}
MAX_POINTS = 1000
# Above the chart there is room for a title and two lines of a legend.
LEGEND = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "font": {"size": 11}}
_MARGIN = {"l": 8, "r": 8, "t": 64, "b": 8}
# More names than these do not fit above a chart.
_ABOVE = 4
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


class Curve(NamedTuple):
    """One metric over the env steps it was measured at."""

    steps: list[int]
    values: list[float]


def curve(rows: Rows, name: str) -> Curve:
    """The metric `name` of those rows of metrics.jsonl that have it, thinned for a chart."""
    pairs = [(row["step"], row[name]) for row in rows if row.get(name) is not None]
    # A long run has more points than a chart has pixels, and they are sent every second.
    stride = len(pairs) // MAX_POINTS + 1
    pairs = pairs[(len(pairs) - 1) % stride :: stride]  # the last one is always among them
    return Curve([step for step, _ in pairs], [value for _, value in pairs])


def metric_names(rows: Rows) -> list[str]:
    """Every metric in the rows, evaluations first, deviations left out."""
    names = {name for row in rows for name in row} - {"step", "time"}
    plain = [name for name in names if not name.endswith("_std")]
    return sorted(plain, key=lambda name: (name.split("/")[0] != "eval", name))


def panels(rows: Rows, task: TaskConfig) -> dict[str, go.Figure]:
    """The figures of a training run by title, empty ones left out."""
    ends = [*_ENDS, *(term for term in task.terminations if term not in _ENDS)]
    found = {
        "Episode reward": reward_figure({"evaluation": rows}),
        "Reward terms": lines(rows, {term: f"{_EVAL_TERM}reward/{term}" for term in task.rewards}),
        "Episode length (control steps)": lines(
            rows, {"evaluation": "eval/avg_episode_length", "training": "episode/length"}
        ),
        "Progress": lines(
            rows,
            {
                "furthest x (m)": f"{_EVAL_TERM}furthest_x",
                "gaps crossed": f"{_EVAL_TERM}gaps_crossed",
            },
        ),
        "How episodes ended (share of an evaluation's)": lines(
            rows, {_ENDS.get(term) or term: f"{_EVAL_TERM}ended/{term}" for term in ends}
        ),
        "Own metrics": lines(
            rows,
            {
                name if metric.unit == "-" else f"{name} ({metric.unit})": f"{_EVAL_TERM}{name}"
                for name, metric in task.metrics.items()
            },
        ),
        "Losses": lines(rows, _LOSSES),
        "Env steps per second": lines(rows, {"training": "training/sps", "evaluation": "eval/sps"}),
    }
    trained = curve(rows, "episode/sum_reward")
    if trained.steps:
        _line(found["Episode reward"], "training", trained)
    for title, figure in found.items():
        _finish(figure, title, "env steps")
    return {title: figure for title, figure in found.items() if figure.data}


def reward_figure(runs: Mapping[str, Rows], metric: str = "eval/episode_reward") -> go.Figure:
    """A metric of several runs by name, each with a band of ± one standard deviation.

    No two look alike: where colours run out the lines are dashed. More than there are colours
    have no bands, which would cover each other.
    """
    figure = go.Figure()
    for i, (name, rows) in enumerate(runs.items()):
        steps, values = mean = curve(rows, metric)
        spread = curve(rows, f"{metric}_std")
        colour, dash = COLOURS[i % len(COLOURS)], _DASHES[i // len(COLOURS) % len(_DASHES)]
        if spread.steps == steps and steps and len(runs) <= len(COLOURS):
            low = [v - s for v, s in zip(values, spread.values, strict=True)]
            high = [v + s for v, s in zip(values, spread.values, strict=True)]
            figure.add_scatter(
                x=steps + steps[::-1],
                y=high + low[::-1],
                fill="toself",
                fillcolor=colour,
                opacity=0.18,
                mode="lines",
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
                legendgroup=name,
            )
        if steps:
            _line(figure, name, mean, line={"color": colour, "dash": dash}, legendgroup=name)
    return figure


def comparison(runs: Mapping[str, Rows], metric: str) -> go.Figure:
    """One metric of several runs, by their ids, in one chart."""
    names = short_names(list(runs))
    figure = reward_figure(dict(zip(names, runs.values(), strict=True)), metric)
    _finish(figure, metric, "env steps")
    if len(runs) > _ABOVE:
        # Beside the chart, where a long legend scrolls and covers nothing.
        beside = {"orientation": "v", "x": 1.01, "xanchor": "left", "y": 1, "yanchor": "top"}
        figure.update_layout(
            legend={**LEGEND, **beside}, margin={**_MARGIN, "t": 32}, hovermode="closest"
        )
    return figure


def short_names(ids: Sequence[str]) -> list[str]:
    """The ids without the words that all of them begin or end with; alone, one stays whole."""
    words = [run_id.split("-") for run_id in ids]
    least = min((len(parts) for parts in words), default=0) - 1
    first = last = 0
    if len(ids) > 1:
        while first < least and len({parts[first] for parts in words}) == 1:
            first += 1
        while last < least - first and len({parts[-1 - last] for parts in words}) == 1:
            last += 1
    return ["-".join(parts[first : len(parts) - last]) for parts in words]


def lines(rows: Rows, metrics: Mapping[str, str]) -> go.Figure:
    """Several metrics of one run by label."""
    figure = go.Figure()
    for name, metric in metrics.items():
        found = curve(rows, metric)
        if found.steps:
            _line(figure, name, found)
    return figure


# Okabe and Ito's colours: distinct to colour-blind eyes, on light and on dark.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")


def _line(figure: go.Figure, name: str, found: Curve, **style: Any) -> None:
    figure.add_scatter(
        x=found.steps,
        y=found.values,
        name=in_chart(name),
        mode="lines+markers" if len(found.steps) < 40 else "lines",
        marker={"size": 5},
        **style,
    )


def _finish(figure: go.Figure, title: str, x_title: str) -> None:
    figure.update_layout(
        title={"text": in_chart(title), "font": {"size": 14}, "x": 0, "xref": "paper", "y": 0.97},
        margin=_MARGIN,
        hovermode="x unified",
        colorway=list(COLOURS),
        showlegend=len(list(figure.data)) > 1,
        legend=LEGEND,
    )
    figure.update_xaxes(title=x_title, rangemode="tozero")
