"""What this machine has and lacks, behind a button."""

import streamlit as st

from vnl_core.runs.directory import default_runs_dir

_ICONS = {"ok": ":green[:material/check_circle:]", "warn": ":orange[:material/warning:]"}
_BAD = ":red[:material/error:]"


@st.cache_data(ttl=300, show_spinner="Looking at this machine…")
def _report(runs_dir: str) -> list[tuple[str, str, str, str]]:
    from vnl_core import doctor

    # Plain tuples: a cache keeps what it can pickle.
    checks = doctor.report(default_runs_dir())
    return [(c.name, str(c.value), str(c.ok), c.remedy or "") for c in checks]


def popover() -> None:
    """The "System" button; the checks run when it is opened, at most every five minutes."""
    box = st.popover("System", icon=":material/memory:", on_change="rerun", key="system")
    if box.open:
        with box:
            for name, value, ok, remedy in _report(str(default_runs_dir())):
                st.markdown(f"{_ICONS.get(ok, _BAD)} **{name}** {value}")
                if remedy and ok != "ok":
                    st.caption(remedy)
