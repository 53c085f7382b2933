import errno
import os

import pytest

from vnl_core.config import Cycle, Gaps, SceneConfig, Uniform, Walls
from vnl_core.runs.directory import step_name
from vnl_core.ui.page_parts.transfers import transfers
from vnl_core.ui.server.routes import VIEWER
from vnl_core.ui.workers import worker


def test_without_runs_the_page_says_how_to_begin(visit):
    assert visit("watch").info[0].proto.title == "No run yet"


def test_the_last_checkpoint_is_shown_at_first_and_kept_in_the_address(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id)
    assert at.query_params["checkpoint"] == "1000"
    at.get_by_key(f"checkpoint-{run.id}").set_value(0).run()
    assert not at.exception
    assert at.query_params["checkpoint"] == "0"
    assert any("reward **" in m.value for m in at.markdown)


def test_a_link_opens_its_checkpoint(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id, checkpoint="0")
    assert at.get_by_key(f"checkpoint-{run.id}").value == 0


def test_it_is_rolled_out_again_with_another_seed_and_corridor(visit, make_run, queue, asked):
    run = make_run()
    at = visit("watch", run=run.id)
    at.number_input(key="again.seed").set_value(5).run()
    # Typed just before the click, with which it arrives.
    at.number_input(key="again.scene.terrain_seed").set_value(77)
    at.button(key="again").click().run()
    assert not at.exception
    request = asked()
    assert request.policy == "checkpoint"
    assert request.checkpoint == str(run.checkpoints()[-1].path)
    assert (request.seed, request.scene.terrain_seed) == (5, 77)
    assert request.scene.corridor_length == 12.0


def test_a_run_without_checkpoints_says_when_to_come_back(visit, make_run):
    run = make_run()
    for artifact in run.checkpoints():
        artifact.path.rmdir()
    assert visit("watch", run=run.id).info[0].proto.title == "This run has no checkpoint"


@pytest.mark.parametrize(
    ("title", "changed"),
    [
        ("Another terrain", {"terrain_seed": 1}),
        ("Wider gaps", {"gap_length": Uniform(low=0.075, high=0.3)}),
        ("Longer corridor", {"corridor_length": 24.0}),
    ],
)
def test_another_corridor_is_one_click_away(visit, make_run, asked, title, changed):
    run = make_run()
    at = visit("watch", run=run.id)
    at.button(key=f"transfer-{title}").click().run()
    assert not at.exception
    request = asked()
    assert request.scene == run.config().scene.changed(**changed)
    assert request.checkpoint == str(run.checkpoints()[-1].path)
    # The result stands where the evaluation was.
    assert at.get_by_key("watch_shows").value == "New episode"
    assert "Queued" in at.progress[0].text


def test_two_checkpoints_are_seen_side_by_side(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id)
    at.selectbox(key=f"other-{run.id}").set_value(0).run()
    assert not at.exception
    assert list(at.dataframe[0].value["rollout"]) == ["step 1,000", "step 0"]


def test_there_is_no_live_view_of_a_run_that_has_ended(visit, make_run):
    at = visit("watch", run=make_run().id)
    assert "watch_live" not in [toggle.key for toggle in at.toggle]


def test_wider_gaps_are_wider_by_every_rule():
    rules = [0.2, Uniform(low=0.1, high=0.2), Cycle(values=(0.1, 0.2))]
    wider = [
        transfers(SceneConfig(arena=Gaps(gap_length=rule)))["Wider gaps"][0].arena.gap_length
        for rule in rules
    ]
    assert wider == [0.3, Uniform(low=0.15, high=0.3), Cycle(values=(0.15, 0.3))]
    assert "Wider gaps" not in transfers(SceneConfig(arena=Walls()))
    assert "Longer corridor" not in transfers(SceneConfig(corridor_length=150.0))


def test_the_video_gives_way_to_3d_until_it_is_there_unless_one_has_chosen(visit, make_run):
    run = make_run()
    at = visit("watch", run=run.id)
    if VIEWER.is_dir():
        assert at.get_by_key("watch-film-view").value == "3D view"
    (run.media_path / f"{step_name(1000)}.mp4").write_bytes(b"video")
    at.run()
    buttons = "watch-film-view~1" if VIEWER.is_dir() else "watch-film-view"
    assert at.get_by_key(buttons).value == "Video"
    if VIEWER.is_dir():
        at.get_by_key(buttons).set_value("3D view").run()
        at.run()
        assert at.get_by_key(buttons).value == "3D view"


def test_the_address_brings_the_new_episode_back(visit, make_run, make_rollout):
    run, episode = make_run(), make_rollout()
    at = visit("watch", run=run.id, episode=episode)
    assert at.get_by_key("watch_shows").value == "New episode"
    assert at.query_params["episode"] == episode
    at.get_by_key("watch_shows").set_value("Evaluation").run()
    assert "episode" not in at.query_params


def test_runs_that_can_only_be_read_are_watched(visit, make_run, monkeypatch):
    """No worker can be started there; what is there is shown."""

    def refuse(self):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    run = make_run()
    monkeypatch.setattr(worker.Worker, "warm", refuse)
    for page in ("watch", "rollout"):
        visit(page, run=run.id)
