"""Runs that a scheduler has: job.json in the run's directory says which job of which place."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from vnl_core.places import slurm
from vnl_core.places.config import PlaceConfig
from vnl_core.places.slurm import Job
from vnl_core.plain_files import read_plain
from vnl_core.runs.directory import RunDir
from vnl_core.runs.files import write_whole
from vnl_core.runs.status import Status


class Handle(BaseModel):
    """The content of job.json."""

    model_config = ConfigDict(extra="ignore")

    place: str
    job: str


def submit(run: RunDir, name: str, place: PlaceConfig) -> Handle:
    """Have the place `name` train `run`, which nobody has started elsewhere.

    Raises:
      RuntimeError: the scheduler refuses, or has the run already.
      OSError: the run's directory cannot be written.
    """
    before = handle(run)
    if before and before.job in slurm.jobs():
        raise RuntimeError(f"{before.place} has run {run.id} already, as job {before.job}.")
    made = Handle(place=name, job=slurm.submit(run, place))
    write_whole(run.path / "job.json", made.model_dump_json(indent=2) + "\n")
    return made


def handle(run: RunDir) -> Handle | None:
    """The job that was to train `run` last; None where no scheduler ever had it."""
    try:
        found = Handle.model_validate_json(read_plain(run.path / "job.json"))
    except (OSError, ValidationError):
        return None
    return found if found.job.isdecimal() else None


def state(run: RunDir, status: Status, waiting: Mapping[str, Job]) -> Status:
    """`status` of the run, which is "queued" where the scheduler has yet to start it.

    Args:
      run: the run.
      status: as its directory tells it.
      waiting: what the scheduler says of its jobs.
    """
    if status.alive or status.state == "finished":
        return status
    found = handle(run)
    job = waiting.get(found.job) if found else None
    # A job that is requeued is COMPLETING for a moment, as is one that ends.
    if not (found and job) or (job.state == "COMPLETING" and status.state != "interrupted"):
        return status
    waits = f"waits: {job.reason}" if job.state == "PENDING" else f"is {job.state.lower()}"
    message = f"Job {found.job} of {found.place} {waits}."
    return status.model_copy(update={"state": "queued", "message": message})


def cancel(run: RunDir, jobs: Callable[[], Mapping[str, Job]] = slurm.jobs) -> bool:
    """Take `run` from the scheduler that is yet to start it; False where none is.

    Raises:
      RuntimeError: the scheduler does not answer.
    """
    found = handle(run)
    if found is None or found.job not in jobs():
        return False
    slurm.cancel(found.job)
    return True
