"""Videos and 3D views beside the traces of their episode, all at one moment."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import plotly.graph_objects as go
from streamlit.components import v2

from vnl_core.ui.charts.plot import STATIC, chart_data, component_key, script


class View(NamedTuple):
    """A video or a 3D view by its address."""

    kind: Literal["video", "3d"]
    url: str
    title: str


_player = v2.component(
    "vnl_player",
    html="<div class='vnl-playback'><div class='vnl-views'></div><div class='vnl-chart'>"
    "<div class='vnl-plot'></div><div class='vnl-strip' title='What the walker sees' hidden></div>"
    "<div class='vnl-cursor' hidden></div></div></div>",
    css=(STATIC / "player.css").read_text(),
    js=script("views.js", "player.js"),
    isolate_styles=False,  # Plotly puts its style sheet into the document
)


def play(
    views: Sequence[View],
    figure: go.Figure,
    duration: float,
    key: str,
    strip: str | None = None,
    height: int = 420,
    loop: bool = False,
) -> None:
    """Shows `views` in step with the first of them, beside `figure`.

    Args:
      views: none, one or several of the same kind.
      figure: its x axis is the time in seconds.
      duration: of the episode, in seconds.
      key: of the component; with the same key it is updated in place.
      strip: address of a picture whose width is the episode's duration.
      height: in pixels.
      loop: begin anew at the end.
    """
    data = chart_data(figure, key, height)
    shown = [view._asdict() for view in views]
    _player(
        key=component_key(key),
        data={**data, "views": shown, "duration": duration, "strip": strip, "loop": loop},
    )
