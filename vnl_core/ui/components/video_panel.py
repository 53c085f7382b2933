"""Makes videos of the episodes on show, and offers those that are there."""

from pathlib import Path

import streamlit as st

from vnl_core.config import VideoConfig
from vnl_core.scene import Scene
from vnl_core.ui import state
from vnl_core.ui.forms import form
from vnl_core.ui.server.routes import file_url
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import video_jobs

# Columns of the form.
_FIELDS = (
    ("camera", "speed", "quality"),
    ("width", "height", "fps"),
    ("title", "show_joints", "show_contacts"),
)


def panel(trajectories: list[Path], scene: Scene, key: str) -> None:
    """The form of a video of `trajectories`, the videos there are, and those being made.

    Args:
      trajectories: files; several are filmed in a grid.
      scene: of the first; its cameras are offered.
      key: prefix of the widgets' keys.
    """
    name = "Video" if len(trajectories) == 1 else "Grid video"
    with st.expander(name, icon=":material/movie:", expanded=bool(video_jobs.of(trajectories))):
        draft = _draft()
        cameras = {c.index: f"{c.index} {c.name}" for c in scene.cameras}
        for column, names in zip(st.columns(len(_FIELDS)), _FIELDS, strict=True):
            with column:
                form.edit(
                    VideoConfig,
                    draft,
                    names,
                    f"{key}.film",
                    {"camera": list(cameras)},
                    lambda value: cameras.get(value) or str(value).capitalize(),
                )
        wanted, found = state.check(VideoConfig, draft)
        form.show_problems(found)
        with st.container(horizontal=True):
            for title, gif in ((f"Make {name.lower()}", False), ("Make GIF", True)):
                # Not by a callback: its arguments would lack what was typed just before.
                if (
                    st.button(
                        title,
                        key=f"{key}-make-{'gif' if gif else 'mp4'}",
                        icon=":material/movie:" if not gif else ":material/gif_box:",
                        disabled=wanted is None,
                    )
                    and wanted
                ):
                    _make(trajectories, wanted, gif)
        if failure := st.session_state.pop("film_error", None):
            st.error(plain(failure), title="The video was not started")
        for film in video_jobs.of(trajectories):
            _film(film, key)


def _draft() -> dict:
    default = VideoConfig(title=True).model_dump(mode="json")
    return st.session_state.setdefault("film_draft", default)


def _make(trajectories: list[Path], wanted: VideoConfig, gif: bool) -> None:
    try:
        video_jobs.submit(video_jobs.request(trajectories, wanted, gif))
    except OSError as error:
        st.session_state["film_error"] = f"{error}. Check the runs directory under System."


def _film(film: video_jobs.VideoJob, key: str) -> None:
    """One film: its progress, its end, or its files."""
    if film.active:
        _progress(film.path, key)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(plain(film.title))
        if film.state == "failed":
            st.error(plain(film.message))
        elif film.state == "cancelled":
            st.caption("Cancelled.")
        for path, kind in ((film.video, "MP4"), (film.gif, "GIF")):
            if path:
                st.link_button(kind, file_url(path, True), icon=":material/download:")


@st.fragment(run_every=0.5)
def _progress(path: Path, key: str) -> None:
    film = video_jobs.read(path)
    if film is None or not film.active:
        st.rerun()
        return
    word = f"{film.state.capitalize()} {film.message}".strip()
    st.progress(min(1.0, film.progress), f"**{plain(word)}** {plain(film.title)}")
    st.button(
        "Cancel",
        key=f"{key}-cancel-{path.name}",
        icon=":material/cancel:",
        on_click=video_jobs.cancel,
        args=(film,),
    )
