"""`vnl wait`: until runs have ended, for scripts."""

import sys
import time
from pathlib import Path

import click

from vnl_core.cli.placing import statuses
from vnl_core.cli.shared import RUNS_DIR, find_run

# Seconds between two looks, each of which asks a scheduler once at most.
_LOOK = 5.0


@click.command()
@click.argument("run_ids", metavar="RUN_ID…", nargs=-1, required=True)
@RUNS_DIR
def wait(run_ids: tuple[str, ...], runs_dir: Path | None) -> None:
    """Wait until all of these runs have ended; code 1 unless each is finished.

    A run that a scheduler is yet to start, or to start again, has not ended.
    """
    runs = [find_run(runs_dir, run_id) for run_id in run_ids]
    found = statuses(runs)
    while any(status.alive for status in found):
        time.sleep(_LOOK)
        found = statuses(runs)
    for run, status in zip(runs, found, strict=True):
        click.echo(f"{run.id} {status.state}")
    sys.exit(any(status.state != "finished" for status in found))
