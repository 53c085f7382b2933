"""The script of every page: session, navigation, the page. Started by app.py."""

from pathlib import Path

import streamlit as st

from vnl_core.ui import navigation, state, system

# An icon of our own: Streamlit would fetch the page's from a font server.
ICON = (Path(__file__).parent / "static" / "icon.svg").read_text()
# Streamlit leaves wide margins around a page; the plan and the pictures need them.
MARGINS = "<style>[data-testid=stMainBlockContainer] {padding: 4rem 2.5rem 2rem}</style>"

st.set_page_config("Virtual animals over gaps", ICON, "wide", initial_sidebar_state=340)
st.html(MARGINS)
state.restore()
state.write_address()
page = st.navigation(navigation.pages(), position="top")
with st.sidebar:
    system.popover()
state.show_broken_link()
page.run()
