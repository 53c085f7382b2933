"""The corridor drawn to scale: from the side and from above."""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from vnl_core.config import SceneConfig
from vnl_core.scene import Layout, Segment

PLATFORM, GAP, WALL, START = "#4c9f70", "#e07a5f", "#8d6bb8", "#3b82f6"
# How deep platforms and gaps are drawn from the side; a gap is bottomless.
_DEPTH = 0.4


def corridor_plan(layout: Layout, scene: SceneConfig) -> go.Figure:
    """Side and top plan on one x axis, one metre alike on all axes, lengths on hover."""
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    half = layout.width / 2
    floors = layout.platforms or (Segment(0.0, layout.length, layout.width),)
    _segments(figure, "platform" if layout.platforms else "floor", floors, half, PLATFORM)
    if layout.gaps:
        _segments(figure, "gap", layout.gaps, half, GAP)
    if layout.walls:
        _walls(figure, layout)
    _start(figure, scene)
    tallest = max((wall.height for wall in layout.walls), default=0.0)
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        barmode="overlay",
        bargap=0,
        hovermode="closest",
        dragmode="pan",
        legend={"orientation": "h", "y": 1.12},
    )
    figure.update_yaxes(
        scaleanchor="x", title="z (m)", range=[-_DEPTH, max(tallest, 1.0) + 0.2], row=1
    )
    figure.update_yaxes(scaleanchor="x", title="y (m)", range=[-half, half], row=2)
    figure.update_yaxes(constrain="domain", nticks=3, showgrid=False)
    figure.update_xaxes(constrain="domain", range=[0, layout.length])
    figure.update_xaxes(title="x (m)", row=2)
    return figure


def _segments(
    figure: go.Figure, name: str, segments: Sequence[Segment], half: float, colour: str
) -> None:
    hover = [
        f"{name} {i}: {s.length:.2f} m long<br>x = {s.start:.2f} to {s.end:.2f} m, "
        f"{s.width:.2f} m wide"
        for i, s in enumerate(segments)
    ]
    for row, (base, height) in enumerate(((-_DEPTH, _DEPTH), (-half, 2 * half)), start=1):
        figure.add_bar(
            x=[(s.start + s.end) / 2 for s in segments],
            width=[s.length for s in segments],
            base=base,
            y=[height] * len(segments),
            name=f"{name}s" if len(segments) > 1 else name,
            legendgroup=name,
            showlegend=row == 1,
            marker={"color": colour, "opacity": 0.85 if name != "gap" else 0.6},
            hovertext=hover,
            hoverinfo="text",
            row=row,
            col=1,
        )


def _walls(figure: go.Figure, layout: Layout) -> None:
    walls = layout.walls
    hover = [
        f"wall {i}: {w.y_high - w.y_low:.2f} m wide, {w.height:.2f} m high<br>x = {w.x:.2f} m"
        for i, w in enumerate(walls)
    ]
    # A wall is 0.1 m thick or so: drawn a little thicker, to be seen in a long corridor.
    sides = (
        ([0.0] * len(walls), [w.height for w in walls]),
        ([w.y_low for w in walls], [w.y_high - w.y_low for w in walls]),
    )
    for row, (base, height) in enumerate(sides, start=1):
        figure.add_bar(
            x=[w.x for w in walls],
            width=0.15,
            base=base,
            y=height,
            name="walls",
            legendgroup="walls",
            showlegend=row == 1,
            marker={"color": WALL},
            hovertext=hover,
            hoverinfo="text",
            row=row,
            col=1,
        )


def _start(figure: go.Figure, scene: SceneConfig) -> None:
    x, y, z = scene.spawn_position
    for row, height in ((1, z + 0.1), (2, y)):
        figure.add_scatter(
            x=[x],
            y=[height],
            mode="markers",
            name="start of the walker",
            legendgroup="start",
            showlegend=row == 1,
            marker={"color": START, "size": 12, "symbol": "triangle-right"},
            hovertext=[f"start: x = {x:g}, y = {y:g}, z = {z:g} m"],
            hoverinfo="text",
            row=row,
            col=1,
        )
