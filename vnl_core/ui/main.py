"""The script of every page: session, navigation, the page. Started by app.py."""

import json
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from vnl_core.ui import navigation, state, system
from vnl_core.ui.server import garbage_collection

# An icon of our own: Streamlit would fetch the page's from a font server.
ICON = (Path(__file__).parent / "static" / "icon.svg").read_text()
# Streamlit leaves wide margins around a page; the plan and the pictures need them. With its
# wide buttons the four rules of a length would take two lines.
MARGINS = """<style>[data-testid=stMainBlockContainer] {padding: 4rem 2.5rem 2rem}
[class*=st-key-][class*=-mode] button {padding-inline: 0.6rem; min-width: 0}
[class*=st-key-history] {display: none}
:has(> .st-key-problems) {position: sticky; top: 3.75rem; z-index: 90}
.st-key-problems [data-testid=stAlert] {background: light-dark(#ffffff, #101613)}</style>"""
# Streamlit writes white on the accent colour, in the dark theme on mint, and greys captions further
# than can be read: both had a contrast below 4.5.
CONTRAST = """<style>
[data-testid=stBaseButton-primary]:enabled {color: light-dark(#ffffff, #101613) !important}
[data-testid=stCaptionContainer] {color: inherit; opacity: 0.8}
.vnl-refused {color: light-dark(#b3261e, #ff9d94); font-size: 0.875rem; margin: -0.6rem 0 0}
</style>"""
# Streamlit makes each change of the address a page to go back to, so that the Back button
# would seem to do nothing. Within one page a change replaces the address before it.
REPLACE = """<script>
if (!history.vnlReplaces) {
  history.vnlReplaces = true;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const same = new URL(url ?? "", location.href).pathname === location.pathname;
    same ? history.replaceState(state, title, url) : push(state, title, url);
  };
}
</script>"""
REWRITE = "<script>history.replaceState(history.state, '', '?' + {})</script>"

st.set_page_config("Virtual animals over gaps", ICON, "wide", initial_sidebar_state=340)
st.html(MARGINS + CONTRAST)
with st.container(key="history"):
    st.html(REPLACE, unsafe_allow_javascript=True)
is_first = state.restore()
page = st.navigation(navigation.pages(), position="top")
with st.sidebar:
    system.popover()
state.show_broken_link()
page.run()
words = state.new_address()
if is_first:
    # Streamlit's own way would come before REPLACE does, and leave a page to go back to.
    with st.container(key="history-first"):
        st.html(REWRITE.format(json.dumps(urlencode(words))), unsafe_allow_javascript=True)
elif words != st.query_params.to_dict():
    st.query_params.from_dict(words)  # in one step: the browser keeps each
garbage_collection.freeze_imports()
