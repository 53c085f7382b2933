"""The training job as a process: to its end, stopped, killed, failing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vnl_core.config import PPOConfig, RunConfig, TaskConfig
from vnl_core.runs import launch
from vnl_core.runs.directory import RunDir
from vnl_core.runs.metrics import read_metrics
from vnl_core.training.checkpoint import load_policy

SHORT = PPOConfig(
    num_timesteps=8_000,
    num_evals=3,
    num_envs=32,
    num_eval_envs=8,
    unroll_length=10,
    batch_size=32,
    num_minibatches=4,
    policy_hidden_layer_sizes=(16,),
    value_hidden_layer_sizes=(16,),
)
LONG = SHORT.changed(num_timesteps=1_000_000_000)

# `vnl train --run-dir`, but in an environment that compiles in seconds.
JOB = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[1] / "training")!r})
from vnl_core.runs.directory import RunDir
from vnl_core.runs.keeper import inherited_lock, keep

run = RunDir(Path(sys.argv[1]))

def make(config):
    import time
    from point_env import PointEnv

    class Slow(PointEnv):
        def reset(self, rng):
            print("tracing", flush=True)
            time.sleep(30)

    if config.name == "broken":
        raise ValueError("scene: this cannot be built.")
    return Slow() if config.name == "slow" else PointEnv()

def work():
    from vnl_core.jobs.train import main
    return main(run.path, make)

if __name__ == "__main__":
    sys.exit(keep(run, inherited_lock(), work))
"""


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Starts a run as the dashboard does; what is left of it is killed after the test."""
    job = tmp_path / "job.py"
    job.write_text(JOB)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{job}" "$5"\n')
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    pids = []

    def start(name, ppo) -> RunDir:
        config = RunConfig(
            name=name, ppo=ppo, task=TaskConfig(episode_length=40), video_seconds=0.0
        )
        run = RunDir.create(tmp_path / "runs", config)
        pids.append(launch.start_training(run))
        return run

    yield start
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait(run, condition, seconds=120.0):
    deadline = time.time() + seconds
    while not condition(run.status()):
        assert time.time() < deadline, "\n".join([str(run.status()), *run.log_tail()])
        time.sleep(0.05)
    return run.status()


def test_a_run_comes_to_its_end_and_cannot_be_trained_twice(start, tmp_path):
    run = start("point", SHORT)
    status = wait(run, lambda s: not s.alive)
    assert status.state == "finished", run.log_tail()
    assert status.step == status.total_steps == SHORT.total_steps
    assert status.progress == 1.0
    rows = read_metrics(run.metrics_path)
    evaluations = [row for row in rows if "eval/episode_reward" in row]
    assert [row["step"] for row in evaluations] == [step for step, _ in run.checkpoints()]
    assert evaluations[-1]["eval/episode_reward"] == status.reward
    assert status.best_reward == max(row["eval/episode_reward"] for row in evaluations)
    (events,) = run.tensorboard_path.iterdir()
    assert events.stat().st_size > 1000
    assert load_policy(run.checkpoints()[-1].path).config == run.config()
    with pytest.raises(RuntimeError, match="Resume it"):
        launch.start_training(run)


def test_stop_saves_a_checkpoint_within_seconds_and_kill_is_shown_as_killed(start):
    stopped, killed = start("stopped", LONG), start("killed", LONG)
    for run in (stopped, killed):
        wait(run, lambda s: s.step > 0)
        assert run.status().phase == "training"
        assert run.status().eta > 0
    os.kill(killed.status().pid, signal.SIGKILL)
    assert wait(killed, lambda s: not s.alive, 5).state == "killed"

    assert launch.stop(stopped)
    status = wait(stopped, lambda s: not s.alive, 10)
    assert status.state == "stopped", stopped.log_tail()
    assert 0 < status.step < LONG.total_steps
    assert stopped.checkpoints()[-1].step == status.step
    assert load_policy(stopped.checkpoints()[-1].path).step == status.step


def test_a_failure_is_told_and_explained_in_the_log(start):
    run = start("broken", SHORT)
    status = wait(run, lambda s: not s.alive)
    assert status.state == "failed"
    assert "scene: this cannot be built." in status.message
    assert any("Traceback" in line for line in run.log_tail())


def test_stop_does_not_wait_for_a_compilation(start):
    run = start("slow", SHORT)
    wait(run, lambda s: "tracing" in run.log_tail(1))
    assert run.status().phase == "compiling"
    assert launch.stop(run)
    assert wait(run, lambda s: not s.alive, 5).state == "stopped"


def test_the_command_trains_on_real_physics_and_films_each_evaluation(tmp_path):
    settings = {
        "ppo.num_timesteps": 1,
        "ppo.num_evals": 2,
        "ppo.num_envs": 4,
        "ppo.num_eval_envs": 2,
        "ppo.unroll_length": 10,
        "ppo.batch_size": 4,
        "ppo.num_minibatches": 1,
        "task.episode_length": 30,
        "video_seconds": 0.2,
    }
    command = [sys.executable, "-m", "vnl_core", "train", "ant-smoke", "--runs-dir", str(tmp_path)]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.iterdir()
    run = RunDir(path)
    assert run.status().state == "finished"
    assert [step for step, _ in run.checkpoints()] == [0, 40]
    assert [step for step, _ in run.videos()] == [0, 40], run.log_tail()
    for _, video in run.videos():
        assert video.read_bytes()[4:8] == b"ftyp"
        assert video.with_suffix(".h5").exists()
    last = read_metrics(run.metrics_path)[-1]
    assert {"eval/episode_reward/forward", "eval/episode_gaps_crossed"} <= set(last)
    assert run.log_tail(), "the log is kept when the terminal sees it too"
