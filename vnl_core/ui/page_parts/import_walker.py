"""Import a walker: an MJCF file is looked at, its parts are named, and it is kept."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from vnl_core.scene.walkers import MjcfWalker, kept, known_walkers
from vnl_core.scene.walkers.checklist import checklist
from vnl_core.scene.walkers.guess import Choices, Parts, guess
from vnl_core.scene.walkers.kept import Record
from vnl_core.scene.walkers.suggest import suggest
from vnl_core.scene.walkers.upload import MAX_UPLOAD, heads, unpack
from vnl_core.ui import state
from vnl_core.ui.components.view3d import view_3d
from vnl_core.ui.server.routes import viewer_url
from vnl_core.ui.texts import plain

_NAME = re.compile(r"[a-z]\w{0,60}")
_NONE = "None"


def show() -> None:
    """The upload, the parts to name, the animal in 3D, the checklist, and the button that keeps."""
    st.markdown(
        "An MJCF file of one animal, alone or in a zip with its meshes. "
        "What belongs to its world rather than to the animal is left out, and listed."
    )
    file = st.file_uploader(
        "Walker file", ["xml", "zip"], key="walker_file", max_upload_size=MAX_UPLOAD
    )
    if not file:
        return
    content = file.getvalue()
    upload = kept.incoming(content)
    try:
        path = _head(upload, file.name, content)
        _look(upload, path, Path(file.name).stem)
    except (ValueError, OSError) as error:
        st.error(_without(str(error), upload), title="This file cannot be a walker")


def _without(text: str, folder: Path) -> str:
    """`text` without our own folder in front of the visitor's file names."""
    return text.replace(f"{folder / 'files'}/", "")


def _head(upload: Path, name: str, content: bytes) -> Path:
    """The XML file of the animal, unpacked once; chosen where several may be it."""
    files = upload / "files"
    found = heads(files) if files.is_dir() else unpack(name, content, files)
    if len(found) == 1:
        return found[0]
    return st.selectbox(
        "MJCF file in the zip",
        found,
        format_func=lambda path: str(path.relative_to(files)),
        key="walker_head",
    )


def _look(upload: Path, path: Path, title: str) -> None:
    parts, choices = guess(path)
    view, names = st.columns([3, 2])
    with names:
        parts = _parts(parts, choices, key=f"{upload.name}.{path.name}")
    walker = MjcfWalker(path, **vars(parts))
    found = checklist(walker)
    with names:
        record = _record(upload, path, title, parts, choices, found)
    with view:
        name = kept.stage(upload, record)
        scene = record.defaults.scene.changed(walker=name, arena="empty", corridor_length=12.0)
        view_3d(viewer_url(scene=scene), key="import_view", height=420)
        _checklist(found)
    with names:
        _keep(upload, record)


def _parts(parts: Parts, choices: Choices, key: str) -> Parts:
    """The parts as the visitor names them, who starts from a guess."""

    def one(label: str, options: tuple[str, ...], value: str | None, field: str) -> str | None:
        shown = (_NONE, *options)
        index = shown.index(value) if value else 0
        chosen = st.selectbox(label, shown, index, key=f"walker.{field}.{key}")
        return None if chosen == _NONE else chosen

    root = st.selectbox(
        "Root body",
        choices.bodies,
        choices.bodies.index(parts.root_body),
        key=f"walker.root.{key}",
        help="Its height tells whether the animal is well: a torso or pelvis.",
    )
    ends = st.multiselect(
        "End effectors",
        choices.bodies,
        parts.end_effectors,
        key=f"walker.ends.{key}",
        help="Bodies whose positions are observed, and which fall first.",
    )
    feet = st.multiselect(
        "Feet",
        choices.geoms,
        parts.feet,
        key=f"walker.feet.{key}",
        help="Geoms that are meant to touch the ground.",
    )
    parts = replace(parts, root_body=root, end_effectors=tuple(ends), feet=tuple(feet))
    if choices.cameras:
        eye = one("Its own eye", choices.cameras, parts.egocentric_camera, "eye")
        parts = replace(parts, egocentric_camera=eye)
    if choices.keyframes:
        parts = replace(parts, keyframe=one("Start pose", choices.keyframes, None, "keyframe"))
    return parts


def _record(
    upload: Path, path: Path, title: str, parts: Parts, choices: Choices, found: dict[str, Any]
) -> Record:
    options: dict[str, Any] = {}
    offered = {"integrator": found["integrator"] or "euler", "eulerdamp": found["eulerdamp"]}
    if offered != {"integrator": "euler", "eulerdamp": True}:
        damped = "" if offered["eulerdamp"] else ", joint damping explicit"
        if st.checkbox(
            f"Integrate as the file does ({offered['integrator']}{damped})",
            True,
            key=f"walker.options.{upload.name}",
        ):
            options = offered
    title = st.text_input("Title", title, key=f"walker.title.{upload.name}") or title
    return Record(
        title=title,
        description=f"Imported from {path.name}: {found['mass (kg)']:.4g} kg, "
        f"{len(found['actuators'])} actuators.",
        file=str(path.relative_to(upload)),
        **vars(parts),
        defaults=suggest("walker", found["root height (m)"], choices.timestep, options),
    )


def _checklist(found: dict[str, Any]) -> None:
    """What to check before trusting the walker."""
    st.markdown(
        f"**{found['mass (kg)']:.4g} kg**, root {found['root height (m)']:.3g} m high, "
        f"{len(found['feet'])} feet, {len(found['actuators'])} actuators, "
        f"{len(found['joints'])} joints"
    )
    if not found["feet"]:
        st.warning("No foot is named. Choose the geoms that touch the ground under Feet.")
    with st.expander(f"Left out or changed: {len(found['left out'])}", expanded=True):
        for line in found["left out"] or ["Nothing."]:
            st.markdown(f"- {plain(line)}")
    joints, actuators = st.columns(2)
    joints.dataframe(
        [
            {"joint": row["name"], "low": low, "high": high}
            for row in found["joints"]
            for low, high in [row["range"] or (None, None)]
        ],
        hide_index=True,
        alt="Joints and their ranges in radians or metres",
    )
    actuators.dataframe(
        [{"actuator": r["name"], "low": r["low"], "high": r["high"]} for r in found["actuators"]],
        hide_index=True,
        alt="Actuators and the ranges of their controls",
    )


def _keep(upload: Path, record: Record) -> None:
    proposed = re.sub(r"\W+", "_", record.title.lower(), flags=re.ASCII).strip("_0123456789")
    name = st.text_input(
        "Name", proposed or "walker", key=f"walker.name.{upload.name}", help="As configs name it."
    )
    problem = None
    if not _NAME.fullmatch(name) or name.startswith(kept.STAGED):
        problem = "Begin with a lower-case letter; use letters, digits and underscores."
    elif name in known_walkers():
        problem = f"There is a walker {name!r} already. Choose another name."
    if problem:
        st.error(plain(problem), title="Name cannot be used")
    st.button(
        "Keep it",
        key="keep_walker",
        type="primary",
        icon=":material/save:",
        disabled=bool(problem) or not record.feet,
        on_click=_use_kept,
        args=(upload, record, name),
        help="Stores it beside the runs, and takes it with a corridor to its scale as the design.",
    )
    if failure := st.session_state.pop("keep_failure", None):
        st.error(plain(failure), title="It was not kept")


def _use_kept(upload: Path, record: Record, name: str) -> None:
    try:
        kept.keep(upload, record, name)
    except (ValueError, OSError) as error:
        st.session_state["keep_failure"] = str(error)
        return
    state.use(known_walkers()[name].defaults)
    st.toast(plain(f"{record.title} is kept, and is the walker of this design."))
