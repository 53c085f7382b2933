"""Small pictures of a scene from all its cameras, made when a browser asks for them.

The page does not wait for them: drawing them takes longer than all the rest of it.
"""

from streamlit.components import v2

from vnl_core.scene import Scene
from vnl_core.ui.charts.plot import STATIC
from vnl_core.ui.server.routes import camera_url

_gallery = v2.component(
    "vnl_gallery",
    html="<div class='vnl-gallery'></div>",
    css=(STATIC / "gallery.css").read_text(),
    js=(STATIC / "gallery.js").read_text(),
)


def gallery(scene: Scene, key: str) -> None:
    """One picture from every camera, with its index and name; updated in place by `key`."""
    pictures = [
        {"url": camera_url(scene.config, index), "caption": f"{index} {name}"}
        for index, name in scene.cameras
    ]
    _gallery(key=key, data={"pictures": pictures})
