"""How a run is doing: what its process last wrote, corrected by what the machine shows."""

import time
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from vnl_core.runs.files import write_whole

# The process writes its status about every second. A silence this long means it hangs.
STALLED_AFTER = 30.0
# Seconds by which a process's start may seem to move when the clock is set right.
CREATE_TIME_TOLERANCE = 2.0

State = Literal[
    "created", "starting", "running", "stalled", "finished", "stopped", "failed", "killed"
]
Phase = Literal["starting", "compiling", "evaluating", "training", "saving", "rendering", "ended"]

ALIVE: frozenset[State] = frozenset({"starting", "running", "stalled"})


class Status(BaseModel):
    """The content of status.json.

    A process only ever writes "starting", "running", "finished", "stopped" or "failed";
    "created" (not started), "stalled" and "killed" are found by `read_status`.
    """

    # A field that a newer version adds is not an error to an older reader.
    model_config = ConfigDict(extra="ignore")

    state: State = "created"
    phase: Phase = "starting"
    step: int = 0
    """Env steps trained so far."""
    total_steps: int = 0
    """Env steps at which the training ends."""
    env_steps_per_second: float | None = None
    """Rate of the training between evaluations."""
    eta: float | None = None
    """Seconds to the end, evaluations and videos included."""
    reward: float | None = None
    """Mean episode reward of the last evaluation."""
    best_reward: float | None = None
    """Highest mean episode reward of any evaluation."""
    message: str = ""
    """Why it failed or was stopped; empty while all is well."""
    pid: int | None = None
    create_time: float | None = None
    """Start of the process [s since 1970]; tells it from a later one with the same pid."""
    started: float | None = None
    """Start of the run [s since 1970]."""
    heartbeat: float | None = None
    """When this was written [s since 1970]."""

    @property
    def alive(self) -> bool:
        """Whether a process works on the run."""
        return self.state in ALIVE

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0 to 1."""
        return self.step / self.total_steps if self.total_steps else 0.0


def process_alive(pid: int | None, create_time: float | None) -> bool:
    """Whether the very process that had `pid` and `create_time` still runs.

    A zombie has ended; a process with another start time has merely inherited the number.
    """
    if pid is None or create_time is None:
        return False
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - create_time) < CREATE_TIME_TOLERANCE
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def write_status(path: Path, status: Status) -> None:
    """Replace status.json at `path` whole."""
    write_whole(path, status.model_dump_json(indent=2) + "\n")


def read_status(path: Path) -> Status:
    """The true status of the run whose status.json is at `path`.

    A file that claims a living process is checked: when the process is gone the state is
    "killed", when it has not written for `STALLED_AFTER` seconds it is "stalled". A missing
    file means "created", an unreadable one "failed" with the reason.
    """
    status = _as_written(path)
    if not status.alive:
        return status
    if not process_alive(status.pid, status.create_time):
        # It may have written its last word between our two looks.
        status = _as_written(path)
        if status.alive:
            message = "The process ended without a word: killed, out of memory, or see its log."
            return status.model_copy(update={"state": "killed", "message": message})
        return status
    silence = time.time() - (status.heartbeat or 0.0)
    if silence > STALLED_AFTER:
        message = f"The process lives but has not reported for {silence:.0f} s."
        return status.model_copy(update={"state": "stalled", "message": message})
    return status


def _as_written(path: Path) -> Status:
    try:
        return Status.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Status()
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        return Status(state="failed", phase="ended", message=f"status.json is broken: {reason}")
