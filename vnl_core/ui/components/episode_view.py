"""One episode on a page: 3D view or video in step with its traces, what the walker saw, files."""

from pathlib import Path

import streamlit as st

from vnl_core.rendering.egocentric import egocentric_camera
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory
from vnl_core.trajectory.snippet import SNIPPET
from vnl_core.ui.charts import traces
from vnl_core.ui.components.player import View, play
from vnl_core.ui.server.routes import VIEWER, file_url, picture_url, viewer_url
from vnl_core.ui.shown import widget
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import video_jobs

VIEW_3D = "3D view"
_FILES = {
    "traces.parquet": "Traces (Parquet)",
    "traces.csv": "Traces (CSV)",
    "trajectory.h5": "Trajectory (HDF5)",
    "egocentric.h5": "Walker's own view (HDF5)",
}


@st.cache_data(max_entries=32, show_spinner=False)
def _load(path: str, changed: int) -> Trajectory:
    return Trajectory.load(path)


def load(path: Path) -> Trajectory | None:
    """The trajectory in a file, or None after an error box that says why not."""
    try:
        episode = _load(str(path), path.stat().st_mtime_ns)
        built(episode.scene)  # kept; whoever shows the episode needs it
        return episode
    except FileNotFoundError:
        st.error(
            plain(f"{path} was deleted or moved. Choose another."), title="This episode is gone"
        )
    except PermissionError:
        st.error(
            plain(f"{path} may not be read. Give the dashboard's user the right to read it."),
            title="The trajectory cannot be read",
        )
    except (OSError, ValueError) as error:
        st.error(plain(error), title="The trajectory cannot be read")
    return None


def show(
    path: Path,
    videos: dict[str, Path],
    key: str,
    first: str = VIEW_3D,
    height: int = 420,
    loop: bool = False,
) -> Trajectory | None:
    """What came of an episode: a view of it in step with its traces.

    Args:
      path: the trajectory's file, in the runs directory.
      videos: by name; videos made of the trajectory are added to them.
      key: prefix of the widgets' keys.
      first: the view that is open at first, if there is such a one.
      height: of the view, in pixels.
      loop: begin anew at the end.

    Returns:
      The episode, or None if it cannot be read.
    """
    episode = load(path)
    if episode is None:
        return None
    _in_step(path, videos, key, first, height, loop)
    return episode


@st.fragment  # another view is a matter of this part alone, not of a page full of forms
def _in_step(
    path: Path, videos: dict[str, Path], key: str, first: str, height: int, loop: bool
) -> None:
    # Read anew: a click may come long after the page ran, when files are gone or have come.
    episode = load(path)
    if episode is None:
        return
    videos = {name: video for name, video in videos.items() if video.is_file()}
    videos |= {film.title: film.video for film in video_jobs.of([path]) if film.video}
    with st.container(horizontal=True, vertical_alignment="center"):
        view = choose_view([*([VIEW_3D] if VIEWER.is_dir() else []), *videos], key, first)
        st.markdown(f":small[{outcome(episode)}]", width="content")
    if view == VIEW_3D:
        views = [View("3d", viewer_url(trajectory=path), "3D view of the episode")]
    else:
        views = [View("video", file_url(videos[view]), view)] if view else []
    play(
        views,
        traces.traces_figure(episode),
        episode.duration,
        key,
        strip(path, episode),
        height,
        loop,
    )


def choose_view(names: list[str], key: str, first: str = VIEW_3D) -> str | None:
    """The view under the buttons; None where there is none.

    Unless the user has chosen, it is `first` as soon as there is such a one: a video comes
    later than its trajectory.
    """
    if not names:
        return None
    wish = f"{key}-wish"
    wanted = (st.session_state.get(wish), first)
    view = next((name for name in wanted if name in names), names[0])

    def remember(chosen: str) -> None:
        st.session_state[wish] = chosen

    return widget(
        st.segmented_control,
        f"{key}-view",
        view,
        remember,
        default=("default", view),
        label="View",
        options=names,
        format_func=plain,
        required=True,
        label_visibility="collapsed",
    )


def outcome(episode: Trajectory) -> str:
    """What came of the episode, in a line."""
    found = episode.summary().labelled()
    gaps = found["gaps crossed"]
    distance = round(float(found["distance (m)"]), 1) + 0.0  # no "-0.0"
    return (
        f"**{distance:.1f} m** · **{gaps}** gap{'' if gaps == 1 else 's'} crossed · "
        f"reward **{found['total reward']:.1f}** · **{found['seconds']:.2f} s**, "
        f"ended by {plain(found['ended by'])} · {plain(episode.engine)}"
    )


def strip(path: Path, episode: Trajectory) -> str | None:
    """Address of what the walker saw, or None where it has no camera of its own."""
    seen = egocentric_camera(built(episode.scene)) is not None
    return picture_url(path, "egocentric") if seen else None


def files(folder: Path, videos: dict[str, Path]) -> None:
    """Downloads of a rollout's folder, and the lines of Python that load them."""
    with st.expander("Files and Python", icon=":material/download:"):
        found = {folder / name: title for name, title in _FILES.items()}
        found |= {path: f"Video {name} (mp4)" for name, path in videos.items()}
        with st.container(horizontal=True):
            for path, title in found.items():
                if path.is_file():
                    st.link_button(title, file_url(path, True), icon=":material/download:")
        st.caption(
            "The trajectory and the traces hold the same numbers, in SI units; "
            "docs/trajectory.md describes each. A download's name begins with that of the rollout."
        )
        st.code(SNIPPET, language="python")
