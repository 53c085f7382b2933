"""The corridor drawn to scale: from the side and from above."""

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from vnl_core.config import SceneConfig
from vnl_core.scene import Layout, Segment, Wall

PLATFORM, GAP, WALL, START = "#4c9f70", "#e07a5f", "#8d6bb8", "#3b82f6"
# How deep platforms and gaps are drawn from the side; a gap is bottomless.
_DEPTH = 0.4
# The axes of the two drawings, the upper one first.
_SIDE, _TOP = {"xaxis": "x", "yaxis": "y"}, {"xaxis": "x2", "yaxis": "y2"}

Traces = Iterator[dict[str, Any]]


def corridor_plan(layout: Layout, scene: SceneConfig) -> go.Figure:
    """Side and top plan on one x axis, one metre alike on all axes, lengths on hover."""
    half = layout.width / 2
    floors = layout.platforms or (Segment(0.0, layout.length, layout.width),)
    traces = [
        *_segments("platform" if layout.platforms else "floor", floors, half, PLATFORM),
        *_segments("gap", layout.gaps, half, GAP),
        *_walls(layout.walls),
        *_start(scene),
    ]
    tallest = max((wall.height for wall in layout.walls), default=0.0)
    along = {"constrain": "domain", "range": [0, layout.length]}
    across = {"constrain": "domain", "scaleanchor": "x", "nticks": 3, "showgrid": False}
    side = {"title": "z (m)", "range": [-_DEPTH, max(tallest, 1.0) + 0.2], "domain": [0.53, 1]}
    top = {"title": "y (m)", "range": [-half, half], "domain": [0, 0.47], "anchor": "x2"}
    # All at once: Plotly takes eight times as long to be told one by one, at each rerun.
    return go.Figure(
        traces,
        {
            "template": "none",
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "barmode": "overlay",
            "bargap": 0,
            "hovermode": "closest",
            "dragmode": "pan",
            "legend": {"orientation": "h", "y": 1.12},
            "xaxis": {**along, "matches": "x2", "showticklabels": False},
            "xaxis2": {**along, "title": "x (m)", "anchor": "y2"},
            "yaxis": {**across, **side},
            "yaxis2": {**across, **top},
        },
    )


def _segments(name: str, segments: Sequence[Segment], half: float, colour: str) -> Traces:
    hover = [
        f"{name} {i}: {s.length:.2f} m long<br>x = {s.start:.2f} to {s.end:.2f} m, "
        f"{s.width:.2f} m wide"
        for i, s in enumerate(segments)
    ]
    for axes, base, height in ((_SIDE, -_DEPTH, _DEPTH), (_TOP, -half, 2 * half)):
        if segments:
            yield {
                "type": "bar",
                "x": [(s.start + s.end) / 2 for s in segments],
                "width": [s.length for s in segments],
                "base": base,
                "y": [height] * len(segments),
                "name": f"{name}s" if len(segments) > 1 else name,
                "legendgroup": name,
                "showlegend": axes is _SIDE,
                "marker": {"color": colour, "opacity": 0.85 if name != "gap" else 0.6},
                "hovertext": hover,
                "hoverinfo": "text",
                **axes,
            }


def _walls(walls: Sequence[Wall]) -> Traces:
    hover = [
        f"wall {i}: {w.y_high - w.y_low:.2f} m wide, {w.height:.2f} m high<br>x = {w.x:.2f} m"
        for i, w in enumerate(walls)
    ]
    sides = (
        (_SIDE, [0.0] * len(walls), [w.height for w in walls]),
        (_TOP, [w.y_low for w in walls], [w.y_high - w.y_low for w in walls]),
    )
    for axes, base, height in sides:
        if walls:
            yield {
                "type": "bar",
                "x": [w.x for w in walls],
                # 0.1 m thick or so: drawn a little thicker, to be seen in a long corridor.
                "width": 0.15,
                "base": base,
                "y": height,
                "name": "walls",
                "legendgroup": "walls",
                "showlegend": axes is _SIDE,
                "marker": {"color": WALL},
                "hovertext": hover,
                "hoverinfo": "text",
                **axes,
            }


def _start(scene: SceneConfig) -> Traces:
    x, y, z = scene.spawn_position
    for axes, height in ((_SIDE, z + 0.1), (_TOP, y)):
        yield {
            "type": "scatter",
            "x": [x],
            "y": [height],
            "mode": "markers",
            "name": "start of the walker",
            "legendgroup": "start",
            "showlegend": axes is _SIDE,
            "marker": {"color": START, "size": 12, "symbol": "triangle-right"},
            "hovertext": [f"start: x = {x:g}, y = {y:g}, z = {z:g} m"],
            "hoverinfo": "text",
            **axes,
        }
