"""The pages, and the way from one to another."""

import os
from pathlib import Path

import streamlit as st

from vnl_core.project_files import ROOT

_PAGES = ROOT / "pages"
# A lab's own pages: Python files, or folders of them, separated as in PATH.
VARIABLE = "VNL_PAGES"


def pages() -> list:
    """Every page in the order of the navigation bar; the first is the start page."""
    return [
        st.Page(_PAGES / "design.py", title="Design", icon=":material/architecture:", default=True),
        st.Page(_PAGES / "rollout.py", title="Rollout", icon=":material/directions_run:"),
        st.Page(_PAGES / "train.py", title="Train", icon=":material/model_training:"),
        st.Page(_PAGES / "runs.py", title="Runs", icon=":material/table_chart:"),
        st.Page(_PAGES / "watch.py", title="Watch", icon=":material/play_circle:"),
        *(st.Page(path, icon=":material/extension:") for path in own_pages()),
    ]


def own_pages() -> list[Path]:
    """A lab's own pages, by the variable."""
    parts = os.environ.get(VARIABLE, "").split(os.pathsep)
    paths = [Path(part).expanduser().resolve() for part in parts if part]
    files = [f for p in paths for f in (sorted(p.glob("*.py")) if p.is_dir() else [p])]
    return [path for path in files if path.is_file()]


def go(name: str) -> None:
    """Shows another page at once."""
    st.switch_page(_PAGES / f"{name}.py")
