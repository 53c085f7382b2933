"""Figures and tables of episodes: one over time, several in one chart, two against each other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vnl_core.trajectory import Trajectory
from vnl_core.trajectory.compare import Difference
from vnl_core.ui.charts.curves import COLOURS, LEGEND
from vnl_core.ui.texts import in_chart

_MARGIN = {"l": 8, "r": 8, "t": 40, "b": 8}
# A chart's row: curves by name.
Rows = Mapping[str, Mapping[str, np.ndarray]]


def traces_figure(episode: Trajectory) -> go.Figure:
    """One episode over time: position, height, speed and the reward with its terms."""
    x, _, z = episode.root_position[1:].T
    rows: Rows = {
        "x (m)": {"": x},
        "height (m)": {"": z},
        "speed (m/s)": {"": episode.speed},
        "reward": {"reward": episode.reward, **episode.rewards},
    }
    figure = _stack(list(rows))
    for i, (title, curves) in enumerate(rows.items(), start=1):
        for name, values in curves.items():
            _line(figure, i, episode.time[1:], values, name or title, len(curves) > 1)
    return figure


def overlay_figure(episodes: Mapping[str, Trajectory]) -> go.Figure:
    """Several episodes by name over time, a colour each: position, height, speed, reward."""
    figure = _stack(["x (m)", "height (m)", "speed (m/s)", "reward so far"])
    for number, (name, episode) in enumerate(episodes.items()):
        colour = COLOURS[number % len(COLOURS)]
        x, _, z = episode.root_position[1:].T
        for row, values in enumerate((x, z, episode.speed, np.cumsum(episode.reward)), start=1):
            _line(
                figure,
                row,
                episode.time[1:],
                values,
                name,
                row == 1,
                legendgroup=name,
                line={"width": 1.5, "color": colour},
            )
    return figure


def difference_figure(found: Difference) -> go.Figure:
    """Two episodes' distance over time, on a logarithmic axis."""
    figure = _stack(["difference"])
    curves = {"root position (m)": found.root}
    if found.turn is not None:
        curves["root orientation (rad)"] = found.turn
    curves["largest joint (rad, or m)"] = found.joints
    for name, values in curves.items():
        # A logarithm has no zero: equal numbers are drawn at the resolution of float32.
        _line(figure, 1, found.time, np.maximum(values, 1e-8), name, True)
    figure.update_yaxes(type="log", exponentformat="power")
    return figure


def outcomes(episodes: Mapping[str, Trajectory]) -> list[dict[str, Any]]:
    """A table's rows: what came of each episode."""
    return [
        {
            "rollout": name,
            "policy": episode.who,
            "engine": episode.engine,
            "seed": episode.seed,
            "distance (m)": (summary := episode.summary().labelled())["distance (m)"],
            "gaps crossed": summary["gaps crossed"],
            "fell": "fall" in episode.ended.split(" and "),
            "total reward": summary["total reward"],
            "seconds": summary["seconds"],
            "ended by": summary["ended by"],
        }
        for name, episode in episodes.items()
    ]


def _stack(titles: list[str]) -> go.Figure:
    """Charts below each other over one time axis."""
    figure = make_subplots(rows=len(titles), cols=1, shared_xaxes=True, vertical_spacing=0.04)
    for i, title in enumerate(titles, start=1):
        figure.update_yaxes(nticks=4, row=i)
        # Inside: beside an axis as low as these the titles would run into each other.
        figure.add_annotation(
            text=title,
            x=0,
            y=1,
            xref="x domain",
            yref="y domain",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font={"size": 10},
            row=i,
            col=1,
        )
    figure.update_xaxes(title="time (s)", row=len(titles))
    figure.update_layout(
        margin=_MARGIN,
        hovermode="x",
        colorway=list(COLOURS),
        legend={**LEGEND, "font": {"size": 10}},
    )
    return figure


def _line(
    figure: go.Figure,
    row: int,
    time: np.ndarray,
    values: np.ndarray,
    name: str,
    legend: bool,
    **style: Any,
) -> None:
    style.setdefault("line", {"width": 1.5})
    figure.add_scatter(
        x=time,
        y=values,
        name=in_chart(name),
        mode="lines",
        showlegend=legend,
        row=row,
        col=1,
        **style,
    )
