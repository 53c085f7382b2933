"""Plotly charts that update in place.

`st.plotly_chart` builds a new chart at each change of the data, which flickers and loses
the zoom; this component calls Plotly.react on one chart instead.
"""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from streamlit.components import v2

PLOTLY_URL = "/assets/plotly.min.js"
STATIC = Path(__file__).parents[1] / "static"


def script(*names: str) -> str:
    """The text of a component's scripts, the shared one first."""
    return "\n".join((STATIC / name).read_text() for name in ("plotly_theme.js", *names))


_plot = v2.component(
    "vnl_plot",
    html="<div class='vnl-plot' style='width: 100%'></div>",
    js=script("plot.js"),
    isolate_styles=False,  # Plotly puts its style sheet into the document
)


def chart_data(figure: go.Figure, key: str, height: int) -> dict[str, Any]:
    """What a component with a chart needs to draw it; height in pixels."""
    # Streamlit's default template would fix colours; the page's theme sets them instead.
    # `uirevision` is what makes Plotly keep the zoom.
    figure.update_layout(template=None, uirevision=key)
    return {"figure": figure.to_json(), "height": height, "library": PLOTLY_URL}


def component_key(key: str) -> str:
    """`key` as Streamlit takes it of a component: it keeps double underscores to itself."""
    return key.replace("_", "_.") if "__" in key else key


def plot(figure: go.Figure, key: str, height: int = 300) -> None:
    """Draws `figure`, or updates the chart of this `key` in place. Height in pixels."""
    _plot(key=component_key(key), data=chart_data(figure, key, height))
