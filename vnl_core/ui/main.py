"""The script of every page: session, navigation, the page. Started by app.py."""

import streamlit as st

from vnl_core.ui import navigation, state, system

st.set_page_config(page_title="Virtual animals over gaps", layout="wide")
state.restore()
state.write_address()
page = st.navigation(navigation.pages(), position="top")
with st.sidebar:
    system.popover()
state.show_broken_link()
page.run()
