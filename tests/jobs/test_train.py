"""The training job as a process: to its end, stopped, killed, failing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jax
import numpy as np
import orbax.checkpoint as ocp
import psutil
import pytest

from vnl_core.config import PPOConfig, RunConfig, TaskConfig
from vnl_core.runs.directory import RunDir
from vnl_core.runs.metrics import read_metrics
from vnl_core.runs.owner import read_owner
from vnl_core.supervision import launch
from vnl_core.training import checkpoint
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
from vnl_core.supervision.supervisor import fork, inherited_lock, supervise

run = RunDir(Path(sys.argv[1]))

def make(config):
    import time
    from point_env import PointEnv

    class Slow(PointEnv):
        def reset(self, rng):
            print("tracing", flush=True)
            time.sleep(30)

    class Broken(PointEnv):
        def step(self, state, action):
            state = super().step(state, action)
            right = state.obs[0] > 2.0
            return state.replace(reward=state.reward / (1.0 - right))

    if config.name == "broken":
        raise ValueError("scene: this cannot be built.")
    if config.name == "nan":
        return Broken()
    return Slow() if config.name == "slow" else PointEnv()

def work():
    from vnl_core.jobs.train import main
    return main(run.path, make)

if __name__ == "__main__":
    sys.exit(supervise(run, inherited_lock(), lambda: fork(work)))
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
    runs = []

    def start(name, ppo, **changes) -> RunDir:
        task = TaskConfig(episode_length=40)
        config = RunConfig(name=name, ppo=ppo, task=task, video_seconds=0.0, **changes)
        run = RunDir.create(tmp_path / "runs", config)
        launch.start_training(run)
        runs.append(run)
        return run

    yield start
    for run in runs:
        for process in processes(run):
            process.kill()


def processes(run):
    """The run's processes that live, supervisor and work."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if command[-1:] == [str(run.path)]:
            found.append(process)
    return found


def wait(run, condition, seconds=240.0):
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

    # Resumed without its curves, and beside what a kill left, it says the one and sweeps the other.
    stopped.metrics_path.unlink()
    half = stopped.checkpoints_path / f".{LONG.total_steps:012d}"
    half.mkdir()
    launch.resume_training(stopped)
    told = wait(stopped, lambda s: "Resumed" in s.message)
    assert "metrics.jsonl has 0 of the " in told.message
    assert not half.exists()


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


def ended(run, seconds=240.0):
    return wait(run, lambda s: not s.alive, seconds)


def last_arrays(run):
    """The arrays of the run's last checkpoint, as orbax stores them."""
    with ocp.StandardCheckpointer() as checkpointer:
        return checkpointer.restore(run.checkpoints()[-1].path / "state" / "arrays")


def newest_step(run):
    """Env step of the checkpoint that the run would resume from."""
    found = checkpoint.newest(run)
    assert found
    return found.step


def evaluations(run):
    """What the evaluations of a run found, without what the clock decides."""
    rows = [row for row in read_metrics(run.metrics_path) if "eval/episode_reward" in row]
    timed = ("sps", "walltime", "time")
    return [{k: v for k, v in row.items() if not k.endswith(timed)} for row in rows]


def test_stop_and_resume_lead_where_an_unbroken_run_leads(start):
    ppo = SHORT.changed(num_timesteps=600_000, num_evals=3)
    unbroken, broken = start("unbroken", ppo), start("broken-off", ppo)
    wait(broken, lambda s: s.step > 0)
    launch.stop(broken)
    stopped = ended(broken, 30)
    assert stopped.state == "stopped"
    assert 0 < stopped.step < ppo.total_steps
    launch.resume_training(broken)
    resumed = wait(broken, lambda s: s.state == "running" and s.step > stopped.step)
    assert f"Resumed from step {stopped.step}" in resumed.message
    assert ended(broken).state == ended(unbroken).state == "finished"
    jax.tree.map(np.testing.assert_array_equal, last_arrays(broken), last_arrays(unbroken))
    assert evaluations(broken) == evaluations(unbroken)
    steps = [row["step"] for row in read_metrics(broken.metrics_path)]
    assert steps == sorted(steps)
    # And on it goes, from the page or the shell.
    launch.resume_training(broken, more_steps=1)
    assert ended(broken).step == broken.config().ppo.total_steps > ppo.total_steps


def test_stop_takes_two_seconds_however_long_an_update_is(start):
    # Passes for a minute over each batch.
    run = start("long", LONG.changed(num_updates_per_batch=100, unroll_length=1000))
    wait(run, lambda s: s.phase == "training")
    time.sleep(1.0)
    began = time.monotonic()
    launch.stop(run)
    status = ended(run, 30)
    took = time.monotonic() - began
    assert status.state == "stopped", run.log_tail()
    # Two seconds and the saving; this machine may be busy.
    assert took < 6.0
    assert newest_step(run) == status.step


@pytest.mark.slow
def test_interrupted_twice_it_ends_as_an_unbroken_run(start):
    ppo = SHORT.changed(num_timesteps=1_200_000, num_evals=3)
    unbroken, broken = start("unbroken", ppo), start("interrupted", ppo)
    for _ in range(2):
        before = broken.status().step
        wait(broken, lambda s, at=before: s.state == "running" and s.step > at)
        owner = read_owner(broken.lock_path)
        assert owner
        os.kill(owner.pid, signal.SIGUSR1)
        assert ended(broken, 30).state == "interrupted", broken.log_tail()
        assert newest_step(broken) > before
        launch.resume_training(broken)
    assert ended(broken).state == ended(unbroken).state == "finished"
    jax.tree.map(np.testing.assert_array_equal, last_arrays(broken), last_arrays(unbroken))
    assert evaluations(broken) == evaluations(unbroken)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_twenty_kills_lose_nothing_and_repeat_nothing(start):
    ppo = SHORT.changed(num_timesteps=4_000_000, num_evals=9)
    often = {"checkpoint_minutes": 0.5 / 60, "keep_states": 3}
    unbroken = start("unbroken", ppo, **often)
    run = start("killed", ppo, **often)
    rng = np.random.default_rng(0)
    kills = 0
    while kills < 20:
        # At any moment after learning has begun: saving, evaluating, training.
        wait(run, lambda s: s.phase in ("training", "evaluating", "saving"))
        time.sleep(rng.uniform(0.0, 3.0))
        if not run.status().alive:
            break
        for process in processes(run):
            process.kill()
        assert ended(run, 10).state in ("killed", "lost")
        kills += 1
        good = checkpoint.newest(run)
        launch.resume_training(run)
        if good:
            message = wait(run, lambda s: s.state in ("compiling", "running")).message
            assert not good.damaged
            assert f"Resumed from step {good.step}" in message
    assert kills == 20, "the run was over too soon"
    assert ended(run, 900).state == ended(unbroken, 900).state == "finished"
    jax.tree.map(np.testing.assert_array_equal, last_arrays(run), last_arrays(unbroken))
    assert evaluations(run) == evaluations(unbroken)
    rows = read_metrics(run.metrics_path)
    # An evaluation's row may be of the same env step as the report before it.
    training = [row["step"] for row in rows if "eval/episode_reward" not in row]
    assert training == sorted(set(training))


def test_what_diverges_fails_with_its_cause_and_a_sound_checkpoint(start):
    run = start("nan", SHORT)
    status = ended(run)
    assert status.state == "failed"
    assert "NaN or infinity in reward," in status.message
    report = json.loads((run.path / "diverged.json").read_text())
    assert report["term"] == "reward"
    assert report["batch"]["reward"]["not_finite"][0] > 0
    assert newest_step(run) == report["step"]
    params = jax.tree.leaves(load_policy(run.checkpoints()[-1].path).params)
    assert all(np.isfinite(x).all() for x in params)


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(start, tmp_path):
    disk = tmp_path / "runs"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        run = start("full", SHORT.changed(num_timesteps=40_000_000, num_evals=2000))
        status = ended(run)
        assert status.state == "disk full", run.log_tail()
        assert "Delete runs or other files" in status.message
        good = checkpoint.newest(run)
        assert good
        assert not good.damaged
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        launch.resume_training(run)
        wait(run, lambda s: s.step > good.step)
        launch.stop(run)
        assert ended(run).state == "stopped"
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


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
