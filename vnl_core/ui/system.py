"""What this machine has and lacks, behind a button."""

from pathlib import Path

import streamlit as st

from vnl_core import doctor
from vnl_core.runs.directory import default_runs_dir
from vnl_core.ui.texts import plain

_ICONS = {
    "ok": ":green[:material/check_circle:]",
    "warn": ":orange[:material/warning:]",
    "fail": ":red[:material/error:]",
}


@st.cache_data(ttl=300, show_spinner="Looking at this machine…")
def _report(runs_dir: str) -> list[doctor.Check]:
    return doctor.report(Path(runs_dir))


def popover() -> None:
    """The "System" button; the checks run when it is opened, at most every five minutes."""
    box = st.popover("System", icon=":material/memory:", on_change="rerun", key="system")
    if box.open:
        with box:
            for check in _report(str(default_runs_dir().resolve())):
                st.markdown(f"{_ICONS[check.ok]} **{check.name}** {plain(check.value)}")
                if check.remedy:
                    st.caption(plain(check.remedy))
