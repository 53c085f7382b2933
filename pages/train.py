"""Train a policy with PPO in the background, and watch its curves move."""

import streamlit as st

from vnl_core.config import RunConfig
from vnl_core.ui import runs, state
from vnl_core.ui.components import design
from vnl_core.ui.forms import form
from vnl_core.ui.page_parts import train as train_page
from vnl_core.ui.texts import plain

scene = design.build(state.scene()[0])
form.mark(state.check(RunConfig, state.draft())[1], "run")
with st.sidebar:
    design.preset_picker()
    train_page.form(scene)

config, found = state.check(RunConfig, state.draft())
form.summary(found)
buttons = st.container(horizontal=True)
with buttons:
    # Not by a callback: its arguments would lack what was typed just before the click.
    if (
        st.button(
            "Start training",
            key="start_training",
            type="primary",
            icon=":material/play_arrow:",
            disabled=config is None,
        )
        and config
    ):
        train_page.start(config)
if scene and config:
    st.caption(f"{plain(design.summary(scene))}; {config.ppo.total_steps:,} env steps of training")
runs.show_start_error()

run = runs.choose_run()
train_page.prepare(run)
if run:
    with buttons:
        train_page.controls(run)
    train_page.live(run)
else:
    st.info(
        "Choose a preset and a size on the left and start: the training runs in a process of "
        "its own, goes on when you close this tab, and draws its curves here.",
        title="No run yet",
    )
