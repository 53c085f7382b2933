"""Plotly charts that update in place, alone or beside a video.

`st.plotly_chart` builds a new chart at each change of the data, which flickers and loses
the zoom; these two components call Plotly.react on one chart instead.
"""

from pathlib import Path

import plotly.graph_objects as go
from streamlit.components import v2

PLOTLY_URL = "/assets/plotly.min.js"
_STATIC = Path(__file__).parent / "static"


def _script(name: str) -> str:
    return "\n".join((_STATIC / file).read_text() for file in ("plotly_theme.js", name))


_plot = v2.component(
    "vnl_plot",
    html="<div class='vnl-plot' style='width: 100%'></div>",
    js=_script("plot.js"),
    isolate_styles=False,  # Plotly puts its style sheet into the document
)
_playback = v2.component(
    "vnl_playback",
    html="<div class='vnl-playback'><video controls muted autoplay playsinline></video>"
    "<div class='vnl-chart'><div class='vnl-plot'></div><div class='vnl-cursor' hidden></div></div>"
    "</div>",
    css=(_STATIC / "playback.css").read_text(),
    js=_script("playback.js"),
    isolate_styles=False,
)


def _data(figure: go.Figure, key: str, height: int) -> dict[str, object]:
    # Streamlit's default template would fix colours; the page's theme sets them instead.
    # `uirevision` is what makes Plotly keep the zoom.
    figure.update_layout(template=None, uirevision=key)
    return {"figure": figure.to_json(), "height": height, "library": PLOTLY_URL}


def plot(figure: go.Figure, key: str, height: int = 300) -> None:
    """Draws `figure`, or updates the chart of this `key` in place. Height in pixels."""
    _plot(key=key, data=_data(figure, key, height))


def playback(video: str | None, figure: go.Figure, key: str, height: int = 480) -> None:
    """A video by its URL beside `figure`, whose x axis is the video's time in seconds."""
    _playback(key=key, data={**_data(figure, key, height), "video": video})
