"""A run as a job of Slurm: `sbatch`, `scancel`, `squeue`; no accounting database is needed."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from vnl_core.places.config import PlaceConfig
from vnl_core.runs.directory import RunDir
from vnl_core.supervision.child import INTERRUPTED

# Seconds that a scheduler's commands get; a busy controller answers late.
TIMEOUT = 60.0
# Seconds that a job waits for a run that a process on a lost node may still work on.
_WAIT = 600

_SCRIPT = """#!/bin/bash
{setup}
trap 'kill -USR1 $pid' USR1  # the time limit or a preemption is near: save, and start again
trap 'kill -TERM $pid' TERM  # scancel: save, and end
{work} & pid=$!
wait $pid; code=$?
while kill -0 $pid 2>/dev/null; do wait $pid; code=$?; done  # a trap ends `wait` early
[ $code = {interrupted} ] && exec scontrol requeue $SLURM_JOB_ID
exit $code
"""


class Job(NamedTuple):
    """What Slurm says of a job."""

    state: str
    """PENDING, RUNNING, COMPLETING and so on."""
    reason: str
    """Why it waits, in Slurm's own word."""


def submit(run: RunDir, place: PlaceConfig) -> str:
    """Have Slurm train `run`, again and again until it has ended; the job's number.

    Raises:
      RuntimeError: Slurm refuses, or is not here; the message has its words.
    """
    work = shlex.join([sys.executable, "-m", "vnl_core", "work", str(run.path), f"--wait={_WAIT}"])
    script = _SCRIPT.format(setup=place.setup, work=work, interrupted=INTERRUPTED)
    options = [
        "--parsable",
        "--requeue",
        "--open-mode=append",
        f"--job-name={run.id}",
        f"--output={run.path / 'slurm.log'}",
        f"--signal=B:USR1@{place.signal_seconds}",
        f"--time={place.minutes}",
        f"--cpus-per-task={place.cpus}",
        f"--mem={round(place.memory_gb * 1024)}M",
        *([f"--gpus={place.gpus}"] if place.gpus else []),
        *([f"--partition={place.partition}"] if place.partition else []),
        *([f"--account={place.account}"] if place.account else []),
        *place.extra,
    ]
    answer = ask(["sbatch", *options], script).strip()
    return answer.split(";")[0]  # the cluster's name may follow


def cancel(number: str) -> None:
    """End the job `number`: its run, if it trains, is saved and stopped.

    Raises:
      RuntimeError: Slurm refuses, or is not here.
    """
    # To the script as well, which passes it on; without --batch Slurm tells the steps alone.
    ask(["scancel", "--full", number])


def jobs() -> dict[str, Job]:
    """This user's jobs by number that have not ended, in one call however many there are.

    Raises:
      RuntimeError: Slurm does not answer, or is not here.
    """
    lines = ask(["squeue", "--noheader", "--me", "--format=%i|%T|%r"]).splitlines()
    rows: list[Sequence[str]] = [line.strip().split("|", 2) for line in lines]
    return {row[0]: Job(row[1], row[2]) for row in rows if len(row) == 3}


def ask(command: list[str], text: str = "") -> str:
    """What `command` of Slurm's prints.

    Raises:
      RuntimeError: it fails, hangs or is not here; the message has its words.
    """
    try:
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    except FileNotFoundError as error:
        raise RuntimeError(
            f"There is no {command[0]} here. Type this on the cluster's login node."
        ) from error
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{command[0]}: {error.stderr.strip()}") from error
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{command[0]} has not answered within {TIMEOUT:.0f} s.") from error
    return done.stdout
