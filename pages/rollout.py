"""Roll out a policy in the designed scene, watch the episode beside its traces."""

import streamlit as st

from vnl_core.ui import design_page, forms, rollout_page, rollouts, state

rollouts.warm()
st.session_state.setdefault("shown_rollout", st.query_params.get("rollout"))
scene = design_page.build(state.scene()[0])
with st.sidebar:
    design_page.preset_picker()
    rollout_page.form(scene)

wanted, found = rollout_page.request(state.run())
forms.show_problems(found)
with st.container(horizontal=True, vertical_alignment="center"):
    st.button(
        "Start rollout",
        key="start_rollout",
        type="primary",
        icon=":material/play_arrow:",
        disabled=wanted is None,
        on_click=rollout_page.start,
        args=(wanted, "shown_rollout"),
    )
    if scene:
        st.caption(design_page.summary(scene))

shown = st.session_state["shown_rollout"]
state.remember("rollout", shown)
if shown is None:
    st.info(
        "Choose a policy on the left and start it: you get a video, traces of every reward "
        "term and files to take away. The random policy works without any training.",
        title="No rollout yet",
    )
rollout_page.show(shown, "shown_rollout")
rollout_page.previous("shown_rollout")
