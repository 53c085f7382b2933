"""The table of runs, and differences of configs."""

import os
import time

from vnl_core.config import RunConfig, Uniform
from vnl_core.runs.directory import RunDir
from vnl_core.runs.status import Status, write_status
from vnl_core.runs.table import config_difference, list_runs


def test_rows_are_newest_first_and_tell_what_the_run_did(tmp_path):
    old = RunDir.create(tmp_path, RunConfig(name="old"))
    new = RunDir.create(tmp_path, RunConfig(name="new"))
    an_hour_ago = time.time() - 3600
    os.utime(old.config_path, (an_hour_ago, an_hour_ago))
    write_status(old.status_path, Status(state="finished", step=9, best_reward=4.0))
    rows = list_runs(tmp_path)
    assert [row.name for row in rows] == ["new", "old"]
    assert rows[0].run == new
    assert rows[0].status.state == "created"
    assert 3595 < rows[1].age < 3700
    assert rows[1].to_dict()["best_reward"] == 4.0


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
        "scene.gap_length": (Uniform(low=0.05, high=0.2), 0.3),
        "task.rewards.forward": (1.0, 2.0),
        "task.rewards.alive": (0.5, None),
        "task.rewards.control_cost": (0.05, None),
        "task.rewards.gap_crossed": (1.0, None),
        "ppo.seed": (0, 5),
    }
    assert config_difference(a, a) == []
