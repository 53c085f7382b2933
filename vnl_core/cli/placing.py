"""What the verbs of trainings do where a scheduler trains."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from vnl_core.places import placed, slurm
from vnl_core.places.config import PlaceConfig, find_place
from vnl_core.runs.directory import RunDir
from vnl_core.runs.status import Status
from vnl_core.runs.table import RunRow


def find(name: str) -> PlaceConfig:
    """The place `name`, or an error message that there is none."""
    try:
        return find_place(name)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def submit(run: RunDir, name: str, place: PlaceConfig) -> None:
    """Hand `run` to a place; prints its id, and for a person the job's number."""
    try:
        made = placed.submit(run, name, place)
    except (RuntimeError, OSError) as error:
        raise click.ClickException(f"Run {run.id} was made and not started: {error}") from error
    click.echo(run.id)
    click.echo(f"Job {made.job} of {name}.", err=True)


def cancel(run: RunDir) -> bool:
    """Take `run` from its scheduler's queue; False where none has it."""
    try:
        return placed.cancel(run)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error


def told(rows: Sequence[RunRow]) -> list[dict[str, Any]]:
    """The rows as values, with what schedulers say of those that wait: one call for all."""
    found = statuses([row.run for row in rows], [row.status for row in rows])
    return [replace(row, status=status).to_dict() for row, status in zip(rows, found, strict=True)]


def statuses(runs: Sequence[RunDir], known: Sequence[Status] | None = None) -> list[Status]:
    """The runs' states, with what schedulers say of those that wait: one call for all.

    Args:
      runs: the runs.
      known: their states as their directories tell them, where these were read already.
    """
    jobs: dict[str, slurm.Job] = {}
    # Before the directories are read: a job that starts or ends meanwhile is seen there.
    if any(placed.handle(run) for run in runs):
        try:
            jobs = slurm.jobs()
        except RuntimeError as error:
            click.echo(f"The scheduler is not asked: {error}", err=True)
    found = known or [run.status() for run in runs]
    return [placed.state(run, status, jobs) for run, status in zip(runs, found, strict=True)]
