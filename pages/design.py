"""Design a corridor: change it, see it from every camera and to scale, take it away."""

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.ui import state
from vnl_core.ui.components import design
from vnl_core.ui.forms import form, sections, walkers
from vnl_core.ui.page_parts import compat_table, gallery, import_walker
from vnl_core.ui.page_parts import design as design_page

config, found = state.scene()
form.mark(found, "scene")
with st.sidebar:
    design.preset_picker()
    for title, names in sections.SCENE.items():
        with st.expander(title, expanded=title == "Corridor", key=f"section-{title}"):
            if title == "Walker":
                walkers.form()
            else:
                form.edit(SceneConfig, state.draft()["scene"], names, "scene")

form.summary(found)
scene = design.build(config)

if scene:
    if found:
        st.markdown("You see the last design that could be built:")
    design_page.headline(scene)
    preview, facts, on_mjx, files, animal = st.tabs(
        ["Preview", "Facts", "On MJX", "Export and import", "Import a walker"],
        key="design_tabs",
        on_change="rerun",
    )
    if preview.open:
        with preview:
            view = st.container()
            design_page.plan(scene, is_old=bool(found))
            gallery.gallery(scene, key="gallery")
            with view:  # last: the browser fetches its scene while the page continues
                design_page.view(scene)
    if facts.open:
        with facts:
            design_page.facts(scene)
    if on_mjx.open:
        with on_mjx:
            compat_table.show(scene)
    if files.open:
        with files:
            design_page.export(config)
            design_page.import_config()
    if animal.open:
        with animal:
            import_walker.show()
