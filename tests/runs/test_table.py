"""The table of runs, and differences of configs."""

import os
import time
from pathlib import Path

from vnl_core.config import RunConfig, Uniform
from vnl_core.runs import exit_record
from vnl_core.runs.directory import RunDir
from vnl_core.runs.status import Status, write_status
from vnl_core.runs.table import config_difference, list_runs
from vnl_core.supervision.launch import claim


def made(runs_dir: Path, name: str, seconds_ago: float) -> RunDir:
    """A run that was created `seconds_ago`, by its name; its files are of now."""
    run = RunDir.create(runs_dir, RunConfig(name=name))
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(time.time() - seconds_ago))
    return RunDir(run.path.rename(runs_dir / f"{name}-{stamp}"))


def test_rows_are_newest_first_and_tell_what_the_run_did(tmp_path):
    old = made(tmp_path, "old", 3600)
    new = RunDir.create(tmp_path, RunConfig(name="new"))
    write_status(old.status_path, Status(state="finished", step=9, best_reward=4.0))
    rows = list_runs(tmp_path)
    assert [row.name for row in rows] == ["new", "old"]
    assert rows[0].run == new
    assert rows[0].status.state == "created"
    assert 3595 < rows[1].age < 3700
    assert rows[1].to_dict()["best_reward"] == 4.0


def test_a_run_that_is_lengthened_keeps_its_age_and_place(tmp_path):
    made(tmp_path, "old", 7200)
    run = made(tmp_path, "middle", 3600)
    made(tmp_path, "new", 60)
    before = list_runs(tmp_path)
    write_status(run.status_path, Status(state="finished"))
    exit_record.record(run.path, exit_record.ExitRecord(state="finished"))
    claim(run, resume=True, more_steps=1000).release()
    rows = list_runs(tmp_path)
    assert before[1].config != rows[1].config, "it was not lengthened"
    assert [row.name for row in rows] == ["new", "middle", "old"]
    assert 3595 < rows[1].age < 3700


def test_runs_that_were_copied_together_stay_in_order(tmp_path):
    now = time.time()
    names = ["c-20260102-030405", "a-20260102-030406", "b-20260102-030406"]
    names += ["b-20260102-030406-2", "b-20260102-030406-10"]
    for name in names:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.json").write_text(RunConfig(name="run").to_json())
        for path in (folder / "config.json", folder):
            os.utime(path, (now, now))
    order = [names[4], names[3], names[2], names[1], names[0]]
    assert [row.run.id for row in list_runs(tmp_path)] == order


def test_a_folder_without_a_date_in_its_name_is_as_old_as_its_oldest_file(tmp_path):
    for name in ("mine", "mine-20261399-999999"):
        run = made(tmp_path, name, 0)
        run = RunDir(run.path.rename(tmp_path / name))
        run.log_path.write_text("started")
        an_hour_ago = time.time() - 3600
        os.utime(run.log_path, (an_hour_ago, an_hour_ago))
        (row,) = [row for row in list_runs(tmp_path) if row.run.id == name]
        assert 3595 < row.age < 3700


def test_foreign_folders_are_passed_over_and_a_broken_run_does_not_hide_the_others(tmp_path):
    good = RunDir.create(tmp_path, RunConfig(name="good"))
    broken = RunDir.create(tmp_path, RunConfig(name="broken"))
    broken.config_path.write_text('{"name": "broken", "scene": {"corridor_width": -1}}')
    (tmp_path / "holiday pictures").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    rows = {row.run.id: row for row in list_runs(tmp_path)}
    assert set(rows) == {good.id, broken.id}
    assert rows[broken.id].config is None
    assert "scene.corridor_width" in rows[broken.id].problem
    assert rows[good.id].problem == ""


def test_no_folder_means_no_runs(tmp_path):
    assert list_runs(tmp_path / "none") == []


def test_differences_name_the_field_and_both_values():
    a = RunConfig()
    b = a.changed(
        scene=a.scene.changed(gap_length=0.3).model_dump(),
        task=a.task.changed(rewards={"forward": 2.0}).model_dump(),
        ppo=a.ppo.changed(seed=5).model_dump(),
    )
    found = {d.field: (d.a, d.b) for d in config_difference(a, b)}
    assert found == {
        "scene.arena.gap_length": (Uniform(low=0.05, high=0.2), 0.3),
        "task.rewards.forward.weight": (1.0, 2.0),
        "task.rewards.alive.weight": (0.5, None),
        "task.rewards.control_cost.weight": (0.05, None),
        "task.rewards.gap_crossed.weight": (1.0, None),
        "ppo.seed": (0, 5),
    }
    assert config_difference(a, a) == []
