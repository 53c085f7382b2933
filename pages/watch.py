"""Watch a run learn: its checkpoints along the reward, one or two at a time, in any corridor."""

import streamlit as st

from vnl_core.ui import runs
from vnl_core.ui.page_parts import watch as watch_page
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import rollouts

with st.sidebar:
    run = runs.choose_run()
    checkpoint = watch_page.choose_checkpoint(run) if run else None
    other = watch_page.choose_other(run, checkpoint) if run and checkpoint else None
config, problem = runs.config_of(run) if run else (None, "")

if run is None:
    st.info("Train a policy on the page Train: each evaluation leaves one.", title="No run yet")
elif watch_page.live_switch(run):
    watch_page.live(run)
elif checkpoint is None:
    watch_page.await_checkpoint(run)
else:
    rollouts.warm()
    shown = watch_page.EVALUATION
    watch_page.show_timeline(run, checkpoint, other)
    if config is None:
        st.error(plain(problem), title="It cannot be rolled out again")
    else:
        with st.sidebar:
            wanted = watch_page.again_form(config, checkpoint)
        shown = watch_page.again_buttons(wanted)
    if shown == watch_page.EVALUATION:
        watch_page.show_evaluation(run, checkpoint, other)
    else:
        watch_page.show_again()
