"""All runs: their state, their curves side by side, how their configs differ; stop and delete."""

import streamlit as st

from vnl_core.runs.directory import default_runs_dir
from vnl_core.runs.table import list_runs
from vnl_core.ui import runs
from vnl_core.ui.page_parts import runs as runs_page
from vnl_core.ui.texts import plain

runs_dir = default_runs_dir()
rows = list_runs(runs_dir)
# Above the table, whose own bar would else lie under the page's header.
st.caption(plain(f"{len(rows)} run{'' if len(rows) == 1 else 's'} in {runs_dir}"))
if not rows:
    st.info(
        f"Train a policy on the page Train, or copy a run's folder into {runs_dir}.",
        title="No runs yet",
    )
else:
    chosen = runs_page.table(rows)
    runs_page.actions(chosen)
    runs.show_start_error()
    runs_page.notes(chosen)
    if chosen:
        runs_page.compare(chosen)
        runs_page.differences(chosen)
    else:
        st.caption("Select one or more runs to see their curves and how they differ.")
runs_page.follow(runs_dir, rows)
