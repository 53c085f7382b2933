"""Several rollouts at once: their outcomes, their traces in one chart, a ghost in the 3D view."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from vnl_core.runs.table import config_difference
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory
from vnl_core.trajectory.compare import difference
from vnl_core.ui.charts import traces
from vnl_core.ui.charts.plot import plot
from vnl_core.ui.components import episode_view, video_panel
from vnl_core.ui.components.player import View, play
from vnl_core.ui.forms.sections import label
from vnl_core.ui.server.routes import VIEWER, file_url, viewer_url
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import video_jobs
from vnl_core.ui.workers.rollouts import Rollout


def show(chosen: Sequence[Rollout]) -> None:
    """Finished rollouts against each other; what cannot be read is told and left out."""
    files: dict[Path, Trajectory] = {}
    for rollout in chosen:
        path = rollout.folder.trajectory_path
        if episode := episode_view.load(path):
            files[path] = episode
    if not files:
        return
    names = labels(list(files.values()))
    named = dict(zip(names, files.values(), strict=True))
    st.dataframe(
        traces.outcomes(named),
        hide_index=True,
        height=min(35 * len(named) + 38, 180),
        alt="Outcomes of the rollouts",
    )
    play(
        _views(dict(zip(names, files, strict=True)), named),
        traces.overlay_figure(named),
        max(episode.duration for episode in files.values()),
        "overlay",
    )
    if len(named) == 2:
        _difference(named)
    first = next(iter(files.values()))
    video_panel.panel(list(files), built(first.scene), "overlay")


def labels(shown: Sequence[Trajectory]) -> list[str]:
    """Names that tell episodes apart: of policy, engine, seed and corridor, those that differ."""
    corridors = [_corridor(e, shown) for e in shown]
    facts = [
        (e.who, e.engine, f"seed {e.seed}", corridor)
        for e, corridor in zip(shown, corridors, strict=True)
    ]
    columns = list(zip(*facts, strict=True))
    differ = [i for i, column in enumerate(columns) if len(set(column)) > 1]
    names = [", ".join(fact[i] for i in differ) for fact in facts]
    if len(set(names)) == len(names):
        return names
    return [f"{number} {name}".strip() for number, name in enumerate(names, 1)]


_NAMED = 3  # fields of a corridor that a name can hold


def _corridor(episode: Trajectory, shown: Sequence[Trajectory]) -> str:
    """What sets the episode's scene apart from the others', in words."""
    found = [config_difference(episode.scene, other.scene) for other in shown]
    fields = {d.field: d.a for differences in found for d in differences if d.a is not None}
    words = [f"{label(f.rpartition('.')[2]).lower()} {value}" for f, value in fields.items()]
    return ", ".join(words[:_NAMED]) + (" …" if len(words) > _NAMED else "")


def _views(paths: dict[str, Path], named: dict[str, Trajectory]) -> list[View]:
    """A grid video, or the first episode in 3D with another of the same walker as its ghost."""
    videos = {f.title: f.video for f in video_jobs.of(list(paths.values())) if f.video}
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = episode_view.choose_view(
            [*([episode_view.VIEW_3D] if VIEWER.is_dir() else []), *videos], "overlay"
        )
        if chosen is None or chosen in videos:
            return [View("video", file_url(videos[chosen]), chosen)] if chosen else []
        name, *others = paths
        # In another corridor a ghost would walk on air, and through platforms.
        alike = [o for o in others if named[o].scene == named[name].scene]
        ghost = None
        if alike:
            st.markdown(f"**{plain(name)}** with the ghost of", width="content")
            ghost = st.selectbox(
                "Ghost", alike, key="ghost", label_visibility="collapsed", width=240
            )
    url = viewer_url(trajectory=paths[name], ghost=paths[ghost] if ghost else None)
    return [View("3d", url, name)]


def _difference(named: Mapping[str, Trajectory]) -> None:
    (first, one), (second, other) = named.items()
    try:
        found = difference(one, other)
    except ValueError as error:
        st.caption(plain(error))
        return
    st.markdown(f"**Difference: {plain(second)} from {plain(first)}**")
    apart = config_difference(one.scene, other.scene)
    if apart:
        fields = ", ".join(label(d.field.rpartition(".")[2]).lower() for d in apart)
        st.caption(f"Their scenes differ ({fields}), so this is not the policies' doing alone.")
    elif one.engine == other.engine:
        st.caption("The same scene and engine: policy, seed or controls set them apart.")
    elif found.same_controls:
        st.caption("Both were given the same controls: what sets them apart is the engine.")
    else:
        st.caption("Their controls differ, so this is not the engines' doing alone.")
    plot(traces.difference_figure(found), "difference", 240)
