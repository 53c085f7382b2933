"""The pages, and the way from one to another."""

import streamlit as st

from vnl_core.project_files import ROOT

_PAGES = ROOT / "pages"


def pages() -> list:
    """Every page in the order of the navigation bar; the first is the start page."""
    return [
        st.Page(_PAGES / "design.py", title="Design", icon=":material/architecture:", default=True),
        st.Page(_PAGES / "rollout.py", title="Rollout", icon=":material/directions_run:"),
        st.Page(_PAGES / "train.py", title="Train", icon=":material/model_training:"),
        st.Page(_PAGES / "runs.py", title="Runs", icon=":material/table_chart:"),
        st.Page(_PAGES / "watch.py", title="Watch", icon=":material/play_circle:"),
    ]


def go(name: str) -> None:
    """Shows another page at once."""
    st.switch_page(_PAGES / f"{name}.py")
