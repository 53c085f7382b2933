"""The 3D view on a page: one frame that stays, told of another scene instead of reloaded."""

from pathlib import Path

import streamlit as st
from streamlit.components import v2

from vnl_core.ui.server.routes import VIEWER

_view = v2.component(
    "vnl_view",
    html="<iframe title='3D view' allow='fullscreen' style='width: 100%; border: 0'></iframe>",
    js=(Path(__file__).parents[1] / "static" / "view3d.js").read_text(),
)


def view_3d(url: str, key: str, height: int = 500) -> None:
    """Shows what `routes.viewer_url` leads to, in place of what this key showed; height in px.

    Camera, switches and a pose taken by hand stay when the URL changes.
    """
    if VIEWER.is_dir():
        _view(key=key, data={"url": url, "height": height})
    else:
        st.info("Type make setup: it builds the viewer.", title="The 3D view is not built")
