"""What became of rollouts: progress, the end, the episode; and the list of earlier ones."""

import streamlit as st

from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory
from vnl_core.ui.components import episode_view, overlay, video_panel
from vnl_core.ui.texts import plain
from vnl_core.ui.workers import rollouts

_OTHER_ENGINE = {"native": "mjx", "mjx": "native"}


def show(ids: str | None, slot: str, height: int = 420) -> None:
    """One rollout's progress, then its result; or several of them, "ID,ID", overlaid.

    Args:
      ids: of the rollouts; None for none.
      slot: word of the session that holds them.
      height: of one rollout's view, in pixels.
    """
    failure = st.session_state.pop(f"{slot}_error", None)
    if failure:
        st.error(plain(failure), title="The rollout was not started")
    found = [rollout for rollout_id in _split(ids) if (rollout := _one(rollout_id))]
    for rollout in found:
        if rollout.active:
            _progress(rollout.id)
        elif rollout.state == "failed":
            st.error(plain(rollout.message), title="The rollout failed")
        elif rollout.state == "cancelled":
            st.info("The rollout was cancelled.")
    finished = [rollout for rollout in found if rollout.state == "finished"]
    if len(finished) > 1:
        overlay.show(finished)
    elif finished:
        _result(finished[0], slot, height)


def _split(ids: str | None) -> list[str]:
    return [part for part in (ids or "").split(",") if part]


def _one(rollout_id: str) -> rollouts.Rollout | None:
    rollout = rollouts.read(rollout_id)
    if rollout is None:
        st.warning(plain(f"{rollout_id} may have been deleted."), title="There is no such rollout")
    return rollout


@st.fragment(run_every=0.5)
def _progress(rollout_id: str) -> None:
    rollout = rollouts.read(rollout_id)
    if rollout is None or not rollout.active:
        st.rerun()
        return
    message = rollout.message
    if rollout.state == "queued":
        message = "It waits for the rollout before it, or 10 to 40 s until the worker has started."
    text = f"**{rollout.state.capitalize()}** {plain(message)}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(min(1.0, rollout.progress), text)
        st.button(
            "Cancel",
            key=f"cancel-{rollout_id}",
            icon=":material/cancel:",
            on_click=rollouts.cancel,
            args=(rollout,),
        )


def _result(rollout: rollouts.Rollout, slot: str, height: int) -> None:
    videos = rollout.videos()
    path = rollout.folder.trajectory_path
    episode = episode_view.show(path, videos, f"{slot}-film", height=height)
    if episode:
        video_panel.panel([path], built(episode.scene), slot)
    episode_view.files(rollout.path, videos)
    with st.container(horizontal=True):
        if episode and rollout.request and episode.engine in _OTHER_ENGINE:
            st.button(
                "Compare engines",
                key=f"engines-{rollout.id}",
                icon=":material/compare_arrows:",
                on_click=_compare_engines,
                args=(rollout, episode, slot),
                help=f"Gives the same controls to {_OTHER_ENGINE[episode.engine]} and shows how "
                "far the two engines part.",
            )
        with st.popover("Delete", icon=":material/delete:", key=f"delete-{rollout.id}"):
            st.write("Its trajectory, traces and videos cannot be brought back.")
            st.button(
                "Delete for good",
                key=f"confirm-delete-{rollout.id}",
                on_click=_delete,
                args=(rollout, slot),
            )


def _compare_engines(rollout: rollouts.Rollout, episode: Trajectory, slot: str) -> None:
    assert rollout.request
    wanted = rollout.request.changed(
        policy="replay",
        replay=str(rollout.folder.trajectory_path),
        engine=_OTHER_ENGINE[episode.engine],
        seconds=episode.steps * episode.control_timestep,
        stop_at_end=False,
        cameras=(),
    )
    try:
        st.session_state[slot] = f"{rollout.id},{rollouts.submit(wanted)}"
    except OSError as error:
        st.session_state[f"{slot}_error"] = f"{error}. Check the runs directory under System."


def _delete(rollout: rollouts.Rollout, slot: str) -> None:
    rollouts.delete(rollout)
    st.session_state[slot] = None


def previous(slot: str) -> None:
    """The rollouts made before; a click on one shows it again, several are overlaid."""
    st.markdown("**Earlier rollouts** · select one to see it again, several to compare them")
    found = rollouts.recent()
    if not found:
        st.caption("None yet.")
        return
    # This table is not drawn anew while a rollout goes from state to state.
    rows = [
        {
            "rollout": r.id,
            "state": _state(r),
            "walker": r.request.scene.walker if r.request else "",
            "engine": r.request.engine if r.request else "",
            "seconds": r.request.seconds if r.request else None,
            "seed": r.request.seed if r.request else None,
            "videos": ", ".join(r.videos()),
        }
        for r in found
    ]
    ids = [r.id for r in found]
    # A selection holds row numbers: with other rows it would mean other rollouts.
    key = f"previous-{hash(tuple(ids))}"
    st.dataframe(
        rows,
        hide_index=True,
        height=min(35 * len(rows) + 38, 220),
        key=key,
        selection_mode="multi-row",
        on_select=lambda: _choose(ids, key, slot),
        alt="Earlier rollouts",
    )


def _state(rollout: rollouts.Rollout) -> str:
    if rollout.request is None:
        return "of another version"
    return "in progress" if rollout.active else rollout.state


def _choose(ids: list[str], key: str, slot: str) -> None:
    chosen = st.session_state[key]["selection"]["rows"]
    if chosen:
        st.session_state[slot] = ",".join(ids[row] for row in chosen)
