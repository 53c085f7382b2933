"""What launching and stopping do to processes (the states they lead to: test_keeper.py)."""

import json
import os

import pytest

from vnl_core.config import PPOConfig, RunConfig
from vnl_core.supervision import launch


def test_the_command_is_the_one_that_a_person_would_type(toys, monkeypatch, tmp_path):
    echo = tmp_path / "echo"
    echo.write_text('#!/bin/sh\necho started "$@"\n')
    echo.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(echo))
    run = toys.start("run")
    toys.until(lambda: bool(run.log_tail()))
    assert run.log_tail() == [f"started -m vnl_core train --run-dir {run.path}"]


def test_stop_never_signals_a_process_that_took_over_the_pid_of_the_keeper(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    supervisor = json.loads(run.lock_path.read_text())
    run.lock_path.write_text(
        json.dumps({**supervisor, "create_time": supervisor["create_time"] - 60})
    )
    assert launch.stop(run), "its child is not the supervisor, and is asked directly"
    os.kill(supervisor["pid"], 0)
    toys.wait(run, "stopped")


@pytest.mark.parametrize("more", [1, 20_000, 1_000_000])
def test_a_longer_run_evaluates_as_often_as_before(more):
    config = RunConfig(ppo=PPOConfig(num_timesteps=300_000, num_evals=7))
    longer = launch.lengthened(config, more)
    assert longer.ppo.updates_per_eval == config.ppo.updates_per_eval
    added = longer.ppo.total_steps - config.ppo.total_steps
    interval = config.ppo.updates_per_eval * config.ppo.steps_per_update
    assert more <= added < more + interval
    assert longer.changed(ppo=config.ppo) == config
