"""Watch a run learn: the video of each checkpoint, and new episodes of it."""

import streamlit as st

from vnl_core.ui import forms, rollout_page, rollouts, train_page, watch_page

with st.sidebar:
    run = train_page.choose_run()
checkpoint = watch_page.choose_checkpoint(run) if run else None
config, problem = train_page.config_of(run) if run else (None, "")

if run is None:
    st.info("Train a policy on the page Train: each evaluation leaves one.", title="No run yet")
elif checkpoint is None:
    st.info(
        "The first one is saved at the first evaluation, within a minute of the start.",
        title="This run has no checkpoint yet",
    )
else:
    rollouts.warm()
    watch_page.show_video(run, checkpoint)
    if config is None:
        st.error(problem, title="It cannot be rolled out again")
    else:
        with st.sidebar:
            watch_page.again_form(config)
        wanted, found = watch_page.again_request(config, checkpoint)
        forms.show_problems(found)
        st.button(
            "Roll it out again",
            key="again",
            type="primary",
            icon=":material/replay:",
            disabled=wanted is None,
            on_click=rollout_page.start,
            args=(wanted, "again_rollout"),
            help="With the seed, camera and corridor on the left.",
        )
        rollout_page.show(st.session_state.get("again_rollout"), "again_rollout")
