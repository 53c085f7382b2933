"""A run's true status: what its processes wrote, checked against the processes themselves."""

import re
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vnl_core.plain_files import first_fault, read_plain
from vnl_core.runs import exit_record, file_clock
from vnl_core.runs.files import write_whole
from vnl_core.runs.lock import is_held

# Of a run's folder, whose name stands in addresses and command lines.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")

# A process writes its status every second. A silence this long means it hangs.
STALLED_AFTER = 15.0
# Seconds by which a process's start may seem to move when the clock is set right.
CREATE_TIME_TOLERANCE = 2.0

State = Literal[
    "created",
    "queued",
    "starting",
    "compiling",
    "running",
    "stalled",
    "stopping",
    "stopped",
    "interrupted",
    "finished",
    "failed",
    "killed",
    "disk full",
    "lost",
    "not trusted",
]
Phase = Literal["starting", "compiling", "evaluating", "training", "saving", "rendering", "ended"]

ALIVE: frozenset[State] = frozenset(
    {"queued", "starting", "compiling", "running", "stalled", "stopping"}
)
BROKEN: frozenset[State] = frozenset({"failed", "killed", "disk full", "lost", "not trusted"})


class Status(BaseModel):
    """The content of status.json: what the run's process last wrote.

    A process never writes "stalled", "killed", "lost" or "not trusted"; `read_status` finds them.
    """

    # A field that a newer version adds is not an error to an older reader.
    model_config = ConfigDict(extra="ignore")

    state: State = "created"
    phase: Phase = "starting"
    step: int = Field(default=0, ge=0, lt=2**63)
    """Env steps trained so far."""
    total_steps: int = Field(default=0, ge=0, lt=2**63)
    """Env steps at which the training ends."""
    env_steps_per_second: float | None = None
    """Rate of the training between evaluations."""
    eta: float | None = None
    """Seconds to the end, evaluations and videos included."""
    reward: float | None = None
    """Mean episode reward of the last evaluation."""
    best_reward: float | None = None
    """Highest mean episode reward of any evaluation."""
    ahead: int = Field(default=0, ge=0)
    """Runs before this one in the line, while it waits there."""
    message: str = ""
    """Why it failed or was stopped, or what it had to do without; empty while all is well."""
    pid: int | None = None
    create_time: float | None = None
    """Start of the process [s since 1970]; tells it from a later one with the same pid."""
    started: float | None = None
    """Start of the process's work [s since 1970]."""
    heartbeat: float | None = None
    """When this was written, by the clock of the process's machine [s since 1970]."""

    @property
    def alive(self) -> bool:
        """Whether a process works on the run, or waits to."""
        return self.state in ALIVE

    @property
    def broken(self) -> bool:
        """Whether it ended neither by itself nor on request."""
        return self.state in BROKEN

    @property
    def progress(self) -> float:
        """Share of the training that is done, 0 to 1."""
        return self.step / self.total_steps if self.total_steps else 0.0


def process_alive(pid: int | None, create_time: float | None) -> bool:
    """Whether the very process that had `pid` and `create_time` still runs.

    A zombie has ended; a process with another start time has only reused the number.
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


def distrust(folder: Path, whole: bool = False) -> str:
    """Why the run in `folder` is not opened, with the remedy; empty where it may be.

    Args:
      folder: the run's.
      whole: look all of it through, as before it is trained on; else what is listed and shown,
        which leaves out the insides of its checkpoints.
    """
    try:
        if not NAME.fullmatch(folder.name):
            return (
                f"{folder.name[:80]!r} is no name for a run: it has letters, digits, dots, dashes "
                "and underscores, begins with one of the first two, and has at most 120. Rename "
                "the folder."
            )
        fault = first_fault(folder, None if whole else 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        fault = f"{folder.name} cannot be read ({error.strerror})."
    if not fault:
        return ""
    return (
        f"{fault} A run's folder has plain files only, so nothing of it is opened. If you know "
        "where it comes from, put the file itself there; else delete the run."
    )


def read_status(folder: Path) -> Status:
    """The true status of the run in `folder`.

    Its lock tells whether a process lives, exit.json how the last one ended, and the age of
    status.json whether a living one hangs. No record of an end means the run is "lost".
    """
    if reason := distrust(folder):
        return Status(state="not trusted", phase="ended", message=reason)
    # The lock first: a process writes its end before it releases the lock.
    try:
        held = is_held(folder / "lock")
    except OSError as error:  # its file system has no locks
        status = as_written(folder / "status.json")
        message = f"Whether it lives cannot be told: {error.strerror}."
        changes = {"state": "stalled" if status.alive else status.state, "message": message}
        return status.model_copy(update=changes)
    if held:
        return _living(folder, exit_record.recorded(folder) is not None)
    return status_at_rest(folder)


def status_at_rest(folder: Path) -> Status:
    """The true status of the run in `folder`, provided that no other process works on it."""
    status, end = as_written(folder / "status.json"), exit_record.recorded(folder)
    if end is not None:
        changes = {"state": end.state, "message": end.message}
    elif status.alive:
        changes = {
            "state": "lost",
            "message": "Its processes are gone and left no record: this machine was restarted, "
            "or all of them were killed at once, or never began (then the log says why). "
            "Resume goes on from the last checkpoint.",
        }
    else:
        return status
    return status.model_copy(update={**changes, "phase": "ended", "eta": None})


def _living(folder: Path, leaving: bool) -> Status:
    status = as_written(folder / "status.json")
    if leaving:
        return status.model_copy(update={"state": "stopping"})
    if not status.alive:  # Only just launched: the file is still the previous process's.
        return status.model_copy(update={"state": "starting", "phase": "starting", "message": ""})
    try:
        silence = file_clock.age(folder / "status.json")
    except OSError:  # Only just launched: there is none yet.
        silence = 0.0
    if silence > STALLED_AFTER:
        message = (
            f"The process lives but has not reported for {silence:.0f} s. "
            "Stop it; if it does not heed that either, stop it once more, which kills it."
        )
        return status.model_copy(update={"state": "stalled", "message": message})
    return status


def as_written(path: Path) -> Status:
    """The content of status.json at `path`, true or not; "created" where there is none."""
    try:
        return Status.model_validate_json(read_plain(path))
    except FileNotFoundError:
        return Status()
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        return Status(state="failed", phase="ended", message=f"status.json is broken: {reason}")
