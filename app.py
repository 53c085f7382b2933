"""The dashboard's entry: `streamlit run app.py`. Pages in pages/, routes beside them."""

import contextlib
from pathlib import Path

import streamlit as st

from vnl_core.rendering import gl

gl.choose()  # before anything imports MuJoCo

# Imported now: Streamlit would import it later in one script's thread, where Plotly, in another
# thread, may find it half imported; then the first page of two browsers shows a traceback.
import pandas  # noqa: E402, F401
from starlette.middleware import Middleware  # noqa: E402

from vnl_core import ui  # noqa: E402
from vnl_core.runs.directory import default_runs_dir  # noqa: E402
from vnl_core.runs.shipped import unpack  # noqa: E402
from vnl_core.ui.server.routes import ROUTES  # noqa: E402
from vnl_core.ui.server.security import SecurityHeaders  # noqa: E402

with contextlib.suppress(OSError):  # the pages report what is wrong with the folder
    unpack(default_runs_dir())

# The script of the pages lies in vnl_core/ui, not here: Streamlit takes a folder `pages`
# beside its script for the whole app, and would open a cold deep link without navigation.
app = st.App(
    Path(ui.__file__).parent / "main.py",
    routes=ROUTES,
    middleware=[Middleware(SecurityHeaders)],
)

if __name__ == "__main__":
    app.run()
