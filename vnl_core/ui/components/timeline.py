"""A run's reward over training with a picture of each checkpoint under it."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st
from streamlit.components import v2

from vnl_core.runs.directory import Artifact, RunDir
from vnl_core.ui.charts import curves
from vnl_core.ui.charts.plot import STATIC, chart_data, component_key, script
from vnl_core.ui.server.routes import picture_url

_timeline = v2.component(
    "vnl_timeline",
    html="<div class='vnl-plot' style='width: 100%'></div><div class='vnl-shelf'></div>",
    css=(STATIC / "timeline.css").read_text(),
    js=script("timeline.js"),
    isolate_styles=False,  # Plotly puts its style sheet into the document
)


def timeline(
    run: RunDir,
    rows: curves.Rows,
    checkpoints: Sequence[Artifact],
    chosen: int,
    other: int | None,
    on_choose: Callable[[int], None],
    height: int = 130,
) -> None:
    """Draws it; a click on a picture or near a point calls `on_choose` with its step.

    Args:
      run: the run.
      rows: its metrics.
      checkpoints: those that can be chosen.
      chosen: step of the checkpoint on show.
      other: step of the one it is compared with.
      on_choose: a callback of Streamlit's: it runs before the page does again.
      height: of the curve, in pixels.
    """
    videos = dict(run.videos())
    shown = [
        {
            "step": step,
            "label": f"{step:,}",
            "rank": 2 if step == chosen else int(step == other),
            "picture": picture_url(videos[step], "thumbnail") if step in videos else None,
        }
        for step, _ in checkpoints
    ]
    key = component_key(f"timeline-{run.id}")
    data = chart_data(_figure(rows, checkpoints, chosen), key, height)

    def clicked() -> None:
        on_choose(int(st.session_state[key].step))

    _timeline(key=key, data={**data, "checkpoints": shown}, on_step_change=clicked)


def _figure(rows: curves.Rows, checkpoints: Sequence[Artifact], chosen: int) -> go.Figure:
    figure = curves.reward_figure({"reward": rows})
    last = max([step for step, _ in checkpoints], default=0)
    figure.add_vline(chosen, line={"width": 1, "dash": "dot", "color": curves.COLOURS[-1]})
    figure.update_layout(
        margin={"l": 8, "r": 8, "t": 4, "b": 4}, showlegend=False, hovermode="closest"
    )
    figure.update_xaxes(range=[-0.04 * (last or 1), 1.04 * (last or 1)], fixedrange=True)
    figure.update_yaxes(title="episode reward", nticks=4, fixedrange=True)
    return figure
