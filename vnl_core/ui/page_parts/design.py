"""The parts of the Design page."""

import random

import streamlit as st

from vnl_core.config import SceneConfig
from vnl_core.scene import Scene
from vnl_core.scene.cache import built
from vnl_core.scene.export import mjb, mjcf_zip
from vnl_core.ui import state
from vnl_core.ui.charts.plans import corridor_plan
from vnl_core.ui.charts.plot import plot
from vnl_core.ui.components.design import summary
from vnl_core.ui.components.view3d import view_3d
from vnl_core.ui.forms import form
from vnl_core.ui.server.routes import viewer_url
from vnl_core.ui.texts import plain


def headline(scene: Scene) -> None:
    """What the scene is, and a button that draws its terrain anew."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(summary(scene)))
        if scene.config.arena.is_random:
            st.button(
                "Another terrain",
                key="reroll",
                icon=":material/casino:",
                on_click=_reroll,
                help="Draws platforms, gaps and walls anew, with another seed.",
            )


def _reroll() -> None:
    state.draft()["scene"]["terrain_seed"] = random.randrange(1_000_000)


def plan(scene: Scene, is_old: bool) -> None:
    """Side and top plan, to scale."""
    if is_old:
        st.markdown("**Old plan**: of the last design that could be built.")
    plot(corridor_plan(scene.layout, scene.config), key="plan", height=250)


def facts(scene: Scene) -> None:
    """Sizes of the model, and the names that belong to it."""
    known = scene.facts()
    numbers = {**known["model"], **known["physics"]}
    names = known["walker_names"]
    left, right = st.columns(2)
    left.dataframe(
        [{"what": name.replace("_", " "), "value": value} for name, value in numbers.items()],
        hide_index=True,
        height="content",
        alt="Sizes of the model",
    )
    right.dataframe(
        [{"actuator": a["name"], "low": a["low"], "high": a["high"]} for a in names["actuators"]],
        hide_index=True,
        alt="Actuators and the ranges of their controls",
    )
    right.markdown(f"Root body {plain(names['root_body'])}")
    right.markdown("End effectors " + plain(", ".join(names["end_effectors"])))
    right.markdown("Feet " + plain(", ".join(names["feet"])))
    if names["left_out"]:
        right.markdown("Left out of its file, or changed")
        right.markdown("\n".join(f"- {plain(line)}" for line in names["left_out"]))


def export(config: SceneConfig) -> None:
    """The scene for other programs, and the config to come back with."""
    st.markdown("**Export**")
    run = state.run()
    with st.container(horizontal=True):
        st.download_button(
            "MJCF with assets (zip)",
            lambda: mjcf_zip(built(config)),
            "scene.zip",
            key="mjcf",
            icon=":material/folder_zip:",
            on_click="ignore",
            help="scene.xml with its textures; opens in any MuJoCo.",
        )
        st.download_button(
            "Compiled model (MJB)",
            lambda: mjb(built(config)),
            "scene.mjb",
            key="mjb",
            icon=":material/deployed_code:",
            on_click="ignore",
            help="Loads fastest, in the same version of MuJoCo only.",
        )
        st.download_button(
            "Config (JSON)",
            run.to_json() if run else config.to_json(),
            "config.json",
            "application/json",
            key="config",
            icon=":material/data_object:",
            on_click="ignore",
            help="Scene, task and training; import it here or give it to the command line.",
        )


def import_config() -> None:
    """Takes a config file as the design."""
    st.markdown("**Import**")
    st.file_uploader(
        "A config exported here or a run's config.json",
        "json",
        key="upload",
        on_change=_import,
        max_upload_size=1,  # MB, of some kilobytes
    )
    form.show_problems(st.session_state.get("import_problems", []))


def _import() -> None:
    file = st.session_state["upload"]
    st.session_state["import_problems"] = []
    if file:
        run, found = state.import_design(file.getvalue())
        st.session_state["import_problems"] = found
        if run:
            state.use(run)
            st.toast("The config was imported.", icon=":material/check:")


def view(scene: Scene) -> None:
    """The scene to turn, measure, pose and drive; it follows the design in place."""
    view_3d(viewer_url(scene=scene.config), key="design_view", height=480)
