"""Runs as jobs of a real Slurm: they are submitted, interrupted, go on, and are stopped."""

import subprocess

import pytest
from click.testing import CliRunner
from cluster import command, until

from vnl_core.cli import main, placing
from vnl_core.places import checks, placed
from vnl_core.places import slurm as scheduler
from vnl_core.places.config import PlaceConfig
from vnl_core.runs.owner import read_owner

pytestmark = pytest.mark.usefixtures("slurm")
PLACE = PlaceConfig(cpus=1, memory_gb=0.5, minutes=10, signal_seconds=60)


def state(run):
    return placed.state(run, run.status(), scheduler.jobs()).state


def wait(run, *states):
    until(lambda: state(run) in states)
    return placed.state(run, run.status(), scheduler.jobs())


def attempt(run):
    found = read_owner(run.lock_path)
    return found.attempt if found else 0


def test_a_run_is_submitted_and_finishes(create):
    run = create("finish")
    made = placed.submit(run, "cluster", PLACE)
    assert placed.handle(run) == made
    wait(run, "finished")
    until(lambda: made.job not in scheduler.jobs())


def test_a_preempted_run_goes_on_by_itself(create):
    run = create("save")
    first = placed.submit(run, "cluster", PLACE)
    wait(run, "running")
    with pytest.raises(RuntimeError, match=f"as job {first.job}"):
        placed.submit(run, "cluster", PLACE)
    # Both nodes, so that one of them must be given up.
    command("sbatch", "-p", "urgent", "-N", "2", "--mem=500", "-o", "/dev/null", "--wrap", "true")
    queued = wait(run, "queued")
    assert f"Job {first.job} of cluster" in queued.message
    assert run.status().state == "interrupted"
    assert len(run.checkpoints()) == 1
    wait(run, "running")
    assert attempt(run) == 2
    done = CliRunner().invoke(main, ["stop", run.id, "--runs-dir", str(run.path.parent)])
    assert done.exit_code == 0, done.output
    assert run.status().state == "stopped"
    until(lambda: first.job not in scheduler.jobs())
    assert state(run) == "stopped", "a run that its user stopped was started again"


def test_a_run_without_progress_is_not_queued_again(create):
    run = create("run")
    made = placed.submit(run, "cluster", PLACE)
    wait(run, "running")
    command("scancel", "--signal=USR1", "--batch", made.job)  # as Slurm does near the limit
    until(lambda: made.job not in scheduler.jobs())
    assert run.status().state == "failed"
    assert attempt(run) == 1


def test_scancel_saves_and_stops(create):
    run = create("save")
    made = placed.submit(run, "cluster", PLACE)
    wait(run, "running")
    scheduler.cancel(made.job)
    until(lambda: made.job not in scheduler.jobs())
    assert run.status().state == "stopped"
    assert len(run.checkpoints()) == 1


def test_a_run_that_waits_is_shown_so_and_taken_from_the_queue(create):
    run = create("finish")
    held = PLACE.changed(extra=("--hold",))
    made = placed.submit(run, "cluster", held)
    folder = ["--runs-dir", str(run.path.parent)]
    shown = CliRunner().invoke(main, ["runs", *folder])
    assert "queued" in shown.output
    assert "JobHeldUser" in shown.output
    done = CliRunner().invoke(main, ["stop", run.id, *folder])
    assert (done.exit_code, "taken from" in done.output) == (0, True), done.output
    until(lambda: made.job not in scheduler.jobs())
    assert run.status().state == "created"


def test_many_runs_are_one_question(create, monkeypatch):
    for _ in range(3):
        placed.submit(run := create("finish"), "cluster", PLACE.changed(extra=("--hold",)))
    asked = []
    real = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: asked.append(a[0]) or real(*a, **k))
    shown = CliRunner().invoke(main, ["runs", "--runs-dir", str(run.path.parent)])
    assert shown.output.count("queued") == 3
    assert [words[0] for words in asked] == ["squeue"]
    assert placing.statuses([run])[0].alive, "`vnl wait` would not wait for it"
    command("scancel", "--me")


def test_the_shell_hands_a_run_to_a_place_and_says_what_is_wrong(slurm, tmp_path, monkeypatch):
    monkeypatch.setenv("VNL_CONFIG_DIR", str(tmp_path))
    train = ["train", "ant-smoke", "--runs-dir", str(tmp_path / "runs"), "--on"]
    assert "There is no place" in CliRunner().invoke(main, [*train, "cluster"]).output
    file = tmp_path / "places.toml"
    file.write_text(
        '[cluster]\ncpus = 1\nmemory_gb = 0.5\nextra = ["--hold"]\n[gone]\npartition = "nowhere"\n'
    )
    done = CliRunner().invoke(main, [*train, "cluster"])
    assert done.exit_code == 0, done.output
    assert len(scheduler.jobs()) == 1
    command("scancel", "--me")
    refused = CliRunner().invoke(main, [*train, "gone"])
    assert refused.exit_code == 1
    assert "sbatch: error: invalid partition" in refused.output
    file.write_text("[cluster]\ncpu = 1\n")
    wrong = CliRunner().invoke(main, [*train, "cluster"]).output
    assert "places.toml: [cluster]" in wrong
    file.write_text('[good]\n[bad]\npartition = "nowhere"\n')
    verdicts = {check.name: check for check in checks.report(tmp_path)}
    assert verdicts["Locks on runs"].ok == verdicts["Place good"].ok == "ok"
    assert verdicts["Place bad"].ok == "fail"
    assert "normal" in verdicts["Place bad"].remedy
    monkeypatch.setenv("PATH", "/nowhere")
    assert "login node" in {c.name: c for c in checks.report(tmp_path)}["Place good"].remedy
