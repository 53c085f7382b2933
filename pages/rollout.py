"""Roll out a policy in the designed scene; see the episode beside its traces, or several."""

import streamlit as st

from vnl_core.config import RolloutConfig
from vnl_core.ui import state
from vnl_core.ui.components import design, rollout_result
from vnl_core.ui.forms import form
from vnl_core.ui.page_parts import rollout as rollout_page
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import rollouts

rollouts.warm()
st.session_state.setdefault("shown_rollout", st.query_params.get("rollout"))
scene = design.build(state.scene()[0])
form.mark(state.check(RolloutConfig, st.session_state["rollout"])[1], "rollout")
with st.sidebar:
    design.preset_picker()
    rollout_page.form(scene)
    episodes = st.number_input(
        "Episodes",
        1,
        rollout_page.MAX_EPISODES,
        key="episodes",
        help="With consecutive seeds. Several are overlaid, and filmed in one grid.",
    )

wanted, found = rollout_page.request(state.run())
form.summary(found)
with st.container(horizontal=True, vertical_alignment="center"):
    # Not by a callback: its arguments would lack what was typed just before the click.
    if (
        st.button(
            "Start rollout",
            key="start_rollout",
            type="primary",
            icon=":material/play_arrow:",
            disabled=wanted is None,
        )
        and wanted
    ):
        rollouts.start(wanted, "shown_rollout", episodes)
    if scene:
        st.caption(plain(design.summary(scene)))

shown = st.session_state["shown_rollout"]
state.remember("rollout", shown)
if shown is None:
    st.info(
        "Choose a policy on the left and start it: you get a 3D view, a video, traces of every "
        "reward term and files to take away. The random policy works without any training.",
        title="No rollout chosen" if rollouts.recent(1) else "No rollout yet",
    )
rollout_result.show(shown, "shown_rollout")
rollout_result.previous("shown_rollout")
