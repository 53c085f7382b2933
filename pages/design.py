"""Design a corridor: change it, see it from every camera and to scale, take it away."""

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.ui import (
    compat_table,
    design_page,
    forms,
    gallery,
    import_walker,
    sections,
    state,
    walkers,
)

with st.sidebar:
    design_page.preset_picker()
    for title, names in sections.SCENE.items():
        with st.expander(title, expanded=title == "Corridor", key=f"section-{title}"):
            if title == "Walker":
                walkers.form()
            else:
                forms.edit(SceneConfig, state.draft()["scene"], names, "scene")

config, found = state.scene()
forms.show_problems(found)
scene = design_page.build(config)

if scene:
    design_page.headline(scene)
    preview, facts, on_mjx, files, animal = st.tabs(
        ["Preview", "Facts", "On MJX", "Export and import", "Import a walker"],
        key="design_tabs",
        on_change="rerun",
    )
    if preview.open:
        with preview:
            view = st.container()
            design_page.plan(scene)
            gallery.gallery(scene, key="gallery")
            with view:  # last, for the browser asks for its scene while the page goes on
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
