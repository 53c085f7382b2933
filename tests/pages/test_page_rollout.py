import json
from pathlib import Path

import h5py
import pytest

from vnl_core.config import RolloutConfig, RunConfig, SceneConfig, Uniform, VideoRequest
from vnl_core.runs.files import write_whole
from vnl_core.trajectory.snippet import SNIPPET
from vnl_core.ui import address
from vnl_core.ui.workers import rollouts


def test_without_rollouts_the_page_says_how_to_begin(visit):
    assert visit("rollout").info[0].proto.title == "No rollout yet"


def test_start_asks_for_what_the_form_says_in_the_designed_scene(visit, queue, asked):
    at = visit("rollout", preset="seed-notebook")
    at.selectbox(key="rollout.policy").select("sine").run()
    at.number_input(key="rollout.frequency").set_value(2.5).run()
    at.multiselect(key="rollout.cameras").set_value([-1, 2]).run()
    at.number_input(key="scene.control_timestep").set_value(0.02).run()
    at.button(key="start_rollout").click().run()
    assert not at.exception
    request = asked()
    assert (request.policy, request.frequency, request.cameras) == ("sine", 2.5, (-1, 2))
    assert request.scene.terrain_seed == 123456
    assert request.scene.control_timestep == 0.02
    assert at.query_params["rollout"] == queue[0]
    assert "Queued" in at.progress[0].text


def test_cancel_is_asked_for_once_the_rollout_runs(visit, queue, runs_dir):
    at = visit("rollout")
    at.button(key="start_rollout").click().run()
    at.button(key=f"cancel-{queue[0]}").click().run()
    assert (runs_dir / "rollouts" / queue[0] / "cancel").exists()


@pytest.mark.parametrize(
    ("state", "kind", "text"),
    [("failed", "error", "no such camera"), ("cancelled", "info", "was cancelled")],
)
def test_other_ends_are_told(visit, queue, state, kind, text):
    rollout_id = rollouts.submit(RolloutConfig())
    status = json.dumps({"state": state, "progress": 0, "message": "no such camera"})
    write_whole(rollouts.folder() / rollout_id / "status.json", status)
    at = visit("rollout", rollout=rollout_id)
    assert text in getattr(at, kind)[0].value


def test_a_finished_rollout_shows_its_outcome_and_files(visit, queue, standing):
    rollout_id = rollouts.submit(RolloutConfig(scene=SceneConfig(corridor_length=12.0)))
    folder = rollouts.folder() / rollout_id
    standing(SceneConfig(corridor_length=12.0)).save(folder / "trajectory.h5")
    (folder / "video-free.mp4").write_bytes(b"video")
    write_whole(folder / "status.json", json.dumps({"state": "finished", "progress": 1.0}))
    at = visit("rollout", rollout=rollout_id)
    assert any("reward **20.0**" in m.value for m in at.markdown)
    addresses = {link.value: link.url for link in at.link_button}
    assert addresses["Trajectory (HDF5)"].startswith(f"/files/rollouts/{rollout_id}/trajectory.h5")
    assert "Video free (mp4)" in addresses

    at.button(key=f"confirm-delete-{rollout_id}").click().run()
    assert not at.exception
    assert not folder.exists()
    assert at.info[0].proto.title == "No rollout yet"


def test_a_rollout_that_is_gone_is_told(visit):
    assert visit("rollout", rollout="gone").warning[0].proto.title == "There is no such rollout"


def test_a_checkpoint_policy_needs_a_checkpoint(visit):
    at = visit("rollout")
    at.selectbox(key="rollout.policy").select("checkpoint").run()
    assert "Train a policy" in at.error[0].value
    assert at.button(key="start_rollout").disabled


def test_a_checkpoint_brings_its_own_task_into_the_designed_scene(visit, queue, make_run, asked):
    run = make_run()
    at = visit("rollout", preset="ant-smoke")
    at.selectbox(key="rollout.policy").select("checkpoint").run()
    at.button(key="start_rollout").click().run()
    request = asked()
    assert request.checkpoint == str(run.checkpoints()[-1].path)
    assert request.task == run.config().task
    assert request.scene.corridor_length == 15.0


def test_a_checkpoint_of_another_animal_is_refused(visit, make_run):
    make_run(walker="rodent")
    at = visit("rollout")
    at.selectbox(key="rollout.policy").select("checkpoint").run()
    assert "It moves the rodent" in at.error[0].value


def test_a_checkpoint_whose_run_was_deleted_is_let_go(visit, make_run):
    run = make_run()
    at = visit("rollout")
    at.selectbox(key="rollout.policy").select("checkpoint").run()
    run.delete()
    at.run()
    assert not at.exception
    assert at.error[0].proto.title == "Checkpoint cannot be used"


def test_several_episodes_are_asked_for_with_consecutive_seeds(visit, queue):
    at = visit("rollout", preset="ant-smoke")
    at.number_input(key="rollout.seed").set_value(5).run()
    at.number_input(key="episodes").set_value(3).run()
    at.button(key="start_rollout").click().run()
    assert not at.exception
    requests = [found.request for name in queue if (found := rollouts.read(name))]
    assert [request.seed for request in requests if request] == [5, 6, 7]
    assert at.query_params["rollout"] == ",".join(queue)


def test_several_rollouts_are_compared(visit, make_rollout):
    ids = [make_rollout(seed=1), make_rollout(seed=2)]
    at = visit("rollout", rollout=",".join(ids))
    outcomes = at.dataframe[0].value
    assert list(outcomes["rollout"]) == ["seed 1", "seed 2"]
    assert list(outcomes["distance (m)"]) == [0.0, 0.0]
    assert any(m.value == "**Difference: seed 2 from seed 1**" for m in at.markdown)
    assert any(c.value.startswith("The same scene and engine") for c in at.caption)


def test_rollouts_in_two_corridors_are_told_apart_by_them(visit, make_rollout):
    wide = SceneConfig(corridor_length=12.0).changed(gap_length=Uniform(low=0.3, high=0.5))
    ids = [make_rollout(seed=1), make_rollout(seed=1, scene=wide)]
    at = visit("rollout", rollout=",".join(ids))
    names = ["gap length 0.05 to 0.2", "gap length 0.3 to 0.5"]
    assert list(at.dataframe[0].value["rollout"]) == names
    assert any(m.value == f"**Difference: {names[1]} from {names[0]}**" for m in at.markdown)
    assert any("Their scenes differ (gap length)" in caption.value for caption in at.caption)
    # A ghost would walk on the other corridor's platforms.
    assert "ghost" not in [box.key for box in at.selectbox]


def test_engines_are_compared_by_replaying_the_controls(
    visit, make_rollout, queue, asked, runs_dir
):
    first = make_rollout(seed=1)
    at = visit("rollout", rollout=first)
    at.button(key=f"engines-{first}").click().run()
    assert not at.exception
    request = asked()
    assert (request.policy, request.engine, request.seed) == ("replay", "mjx", 1)
    assert request.replay == str(runs_dir / "rollouts" / first / "trajectory.h5")
    assert request.seconds == pytest.approx(0.2)
    assert at.query_params["rollout"] == f"{first},{queue[0]}"


def test_a_film_is_asked_for_once(visit, make_rollout, queue, runs_dir):
    first = make_rollout()
    at = visit("rollout", rollout=first)
    at.number_input(key="shown_rollout.film.speed").set_value(0.25).run()
    at.selectbox(key="shown_rollout.film.camera").set_value(-1).run()
    at.button(key="shown_rollout-make-mp4").click().run()
    assert not at.exception
    (folder,) = queue
    request = VideoRequest.model_validate_json((runs_dir / folder / "request.json").read_bytes())
    assert (request.film.speed, request.film.camera, request.film.title) == (0.25, -1, True)
    assert request.trajectories == (f"rollouts/{first}/trajectory.h5",)
    assert "Queued" in at.progress[0].text
    at.button(key="shown_rollout-make-mp4").click().run()
    assert queue == [folder]
    (runs_dir / folder / "film.mp4").write_bytes(b"video")
    write_whole(runs_dir / folder / "status.json", json.dumps({"state": "finished"}))
    at.run()
    assert [link.url for link in at.link_button if link.value == "MP4"]
    assert any("0.25 ×" in option for option in at.get_by_key("shown_rollout-film-view").options)


def test_the_page_shows_how_to_load_the_files(visit, make_rollout):
    at = visit("rollout", rollout=make_rollout())
    assert at.code[0].value.strip() == SNIPPET.strip()


def test_a_trajectory_of_an_older_format_is_told(visit, make_rollout, runs_dir):
    name = make_rollout()
    with h5py.File(runs_dir / "rollouts" / name / "trajectory.h5", "a") as file:
        file.attrs["format"] = 1
    at = visit("rollout", rollout=name)
    assert "Roll it out again" in at.error[0].value


def truncate(file):
    file.write_bytes(file.read_bytes()[:1000])


def blank_the_middle(file):
    data = file.read_bytes()
    third = len(data) // 3
    file.write_bytes(data[:third] + bytes(third) + data[2 * third :])


def blank_the_end(file):
    data = file.read_bytes()
    half = len(data) // 2
    file.write_bytes(data[:half] + bytes(len(data) - half))


def no_seed(file):
    with h5py.File(file, "a") as opened:
        opened.attrs["seed"] = "x"


def another_kind(file):
    with h5py.File(file, "a") as opened:
        del opened["qpos"]
        opened.create_group("qpos")


@pytest.mark.parametrize(
    "damage", [truncate, blank_the_middle, blank_the_end, no_seed, another_kind]
)
def test_a_damaged_trajectory_is_told_with_what_to_do(visit, make_rollout, runs_dir, damage):
    name = make_rollout()
    file = runs_dir / "rollouts" / name / "trajectory.h5"
    damage(file)
    [error] = visit("rollout", rollout=name).error
    assert f"{file} is damaged" in error.value
    assert "make it anew" in error.value
    # Another one is read as ever, by the same process.
    other = make_rollout()
    assert not visit("rollout", rollout=other).error


def test_a_walker_without_a_camera_is_filmed_by_the_free_one_and_offers_no_eye(
    visit, queue, asked, tmp_path, monkeypatch
):
    case = Path(__file__).parents[1] / "walkers" / "cases" / "camera-missing.xml"
    file = tmp_path / "blind.py"
    file.write_text(
        "from vnl_core.config import RunConfig, SceneConfig\n"
        "from vnl_core.scene.walkers import MjcfWalker, Walker\n"
        f"WALKER = Walker('blind', 'Blind', 'Small.', lambda:"
        f" MjcfWalker({str(case)!r}, 'torso', ('shank_l',), ('leg_l',)),"
        " RunConfig(scene=SceneConfig(walker='blind')))\n"
    )
    monkeypatch.setenv("VNL_WALKERS", str(file))
    run = RunConfig(scene=SceneConfig(walker="blind", corridor_length=12.0))
    at = visit("rollout", **address.encode(run, "ant-easy"))
    assert "rollout.egocentric_pixels" not in [box.key for box in at.number_input]
    at.button(key="start_rollout").click().run()
    assert not at.exception
    assert asked().cameras == (-2,)
