"""`vnl work`, a scheduler's notice, and what a run does when another machine has it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from vnl_core.runs import exit_record
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.lock import Lock
from vnl_core.runs.owner import Owner, read_owner, write_owner
from vnl_core.supervision import launch
from vnl_core.supervision.child import INTERRUPTED
from vnl_core.supervision.queue import Ticket, queue_folder
from vnl_core.supervision.supervisor import BUSY

# The real verb, with a toy in the place of the training.
VERB = f"""
import sys, types
sys.path.insert(0, {str(Path(__file__).parent)!r})
import toy_worker
sys.modules["vnl_core.jobs.train"] = types.SimpleNamespace(main=toy_worker.work)
from vnl_core.cli import main
main(sys.argv[1:])
"""
PYTHON = sys.executable


def vnl(*words, **variables):
    """`vnl words…`, begun."""
    return subprocess.Popen(
        [PYTHON, "-c", VERB, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **variables},
    )


def test_work_starts_goes_on_and_leaves_what_is_finished(toys):
    run = toys.create("finish")
    for attempt in (1, 2):
        first = vnl("work", run.path)
        out, _ = first.communicate(timeout=60)
        assert first.returncode == 0, out
        assert run.status().state == "finished"
        found = read_owner(run.lock_path)
        assert found
        assert found.attempt == 1, f"call {attempt} did something to a finished run"
    assert found.host == os.uname().nodename
    broken = toys.start("run")
    toys.wait(broken, "running")
    os.kill(toys.child(broken), signal.SIGKILL)
    toys.wait(broken, "killed")
    again = vnl("work", broken.path)
    toys.wait(broken, "running")
    assert launch.stop(broken)
    again.communicate(timeout=60)
    assert again.returncode == 143
    found = read_owner(broken.lock_path)
    assert found
    assert found.attempt == 2


def test_work_waits_for_a_run_that_another_has_and_then_says_so(toys):
    run = toys.start("run")
    toys.wait(run, "running")
    refused = vnl("work", run.path, "--wait", "0")
    out, _ = refused.communicate(timeout=60)
    assert refused.returncode == BUSY
    assert "nothing was changed" in out
    waiting = vnl("work", run.path, "--wait", "600")
    launch.stop(run)
    toys.until(lambda: (found := read_owner(run.lock_path)) is not None and found.attempt == 2)
    toys.wait(run, "running")
    assert toys.supervisor(run) == waiting.pid
    launch.stop(run)
    waiting.communicate(timeout=60)


def test_in_a_schedulers_job_it_neither_waits_in_line_nor_gives_way(toys, monkeypatch, tmp_path):
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("VNL_PARALLEL_RUNS", "1")
    machine = queue_folder()
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    assert queue_folder() != machine, "two jobs of a user would wait for one another"
    tickets = [Ticket.draw(machine), Ticket.draw(queue_folder())]
    run = toys.create("run")
    process = vnl("work", run.path)
    toys.wait(run, "running")
    assert psutil.Process(toys.child(run)).nice() == os.nice(0)
    launch.stop(run)
    process.communicate(timeout=60)
    for ticket in tickets:
        ticket.close()


def test_a_schedulers_notice_saves_and_the_run_is_interrupted(toys):
    run = toys.create("save")
    process = vnl("work", run.path)
    toys.wait(run, "running")
    # `scancel --signal=USR1 --full` reaches every process: the training must not die of it.
    os.kill(toys.child(run), signal.SIGUSR1)
    os.kill(process.pid, signal.SIGUSR1)
    os.kill(process.pid, signal.SIGTERM)  # which Slurm sends too
    process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED
    status = run.status()
    assert (status.state, status.broken, status.alive) == ("interrupted", False, False)
    assert "goes on" in status.message
    assert len(run.checkpoints()) == 1


def test_an_interrupted_run_without_progress_is_not_to_be_started_again(toys):
    run = toys.create("run")
    process = vnl("work", run.path)
    toys.wait(run, "running")
    os.kill(process.pid, signal.SIGUSR1)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert run.status().state == "failed"
    assert "more time" in run.status().message


def test_a_stop_from_another_machine(toys, monkeypatch):
    run = toys.start("run")
    toys.wait(run, "running")
    monkeypatch.setattr(Owner, "is_here", False)  # so its pid means nothing to us
    assert launch.stop(run)
    toys.wait(run, "stopped")
    launch.resume_training(run)
    toys.wait(run, "running")
    time.sleep(1.0)  # two looks: the old request is not heeded again
    assert run.status().state == "running"


def test_a_run_that_another_machine_took_over_is_left_without_a_word(toys):
    run = toys.create("save")
    process = vnl("work", run.path)
    toys.wait(run, "running")
    child = toys.child(run)
    mine = read_owner(run.lock_path)
    assert mine
    write_owner(run.lock_path, mine.model_copy(update={"host": "elsewhere", "attempt": 2}))
    out, _ = process.communicate(timeout=60)
    assert process.returncode == BUSY, out
    assert not psutil.pid_exists(child)
    assert exit_record.recorded(run.path) is None
    assert run.checkpoints() == []
    found = read_owner(run.lock_path)
    assert found
    assert found.host == "elsewhere"


def test_it_shows_life_while_the_training_still_imports(toys):
    run = toys.start("import")
    toys.until(lambda: read_owner(run.lock_path) is not None)
    before = time.time()
    toys.until(lambda: run.status_path.stat().st_mtime > before + 2.0)
    assert run.status().state == "starting"


def test_a_stop_without_effect_is_an_error(toys):
    run = toys.start("deaf")
    toys.wait(run, "running")
    done = vnl("stop", run.id, "--runs-dir", toys.folder, "--wait", "0.2")
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 1
    assert "has not ended" in out


@pytest.mark.parametrize("words", [["work"], ["work", "."]])
def test_work_wants_a_run(words, tmp_path):
    done = subprocess.run(
        [PYTHON, "-c", VERB, *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Missing argument" in done.stderr or "There is no run" in done.stderr


def test_the_state_is_read_with_the_lock_held(toys):
    run = toys.create("finish")
    lock = Lock.take(run.lock_path)
    assert lock
    exit_record.record(run.path, ExitRecord(state="finished"))
    lock.release()
    with pytest.raises(launch.Finished):
        launch.claim(run, resume=True)
    assert exit_record.recorded(run.path) is not None


def test_wait_returns_when_all_have_ended_and_tells_whether_each_is_finished(toys):
    done, run = toys.start("finish"), toys.start("run")
    toys.wait(run, "running")
    toys.wait(done, "finished")
    words = ["--runs-dir", toys.folder]
    both = vnl("wait", done.id, run.id, *words)
    alone, _ = vnl("wait", done.id, *words).communicate(timeout=60)
    assert alone == f"{done.id} finished\n"
    assert both.poll() is None, "it did not wait for the one that runs"
    launch.stop(run)
    out, _ = both.communicate(timeout=60)
    assert both.returncode == 1
    assert out == f"{done.id} finished\n{run.id} stopped\n"
