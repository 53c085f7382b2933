"""`vnl work`: what a scheduler starts, as often as it likes; and a training in this process."""

import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vnl_core.config import problems
from vnl_core.runs.directory import RunDir

if TYPE_CHECKING:
    from vnl_core.runs.lock import Lock

# Seconds between two tries to get a run that another process works on.
_TRY = 1.0


@click.command()
@click.argument("run_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--wait",
    type=click.FloatRange(0.0),
    default=60.0,
    show_default=True,
    help="Seconds to wait where another process works on the run.",
)
def work(run_dir: Path, wait: float) -> None:
    """Bring a run to its end, whatever state it is in: for schedulers, and safe to repeat.

    Starts it, or goes on from its newest checkpoint; nothing is done where it is finished. SIGUSR1,
    for a time limit or preemption that is near, saves and ends with code 138 ("interrupted"), or
    with 1 if there is no newer checkpoint than before. Code 75: another process still works on it.
    """
    # Until the supervisor listens, a scheduler's notice waits.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    from vnl_core.supervision import scheduler

    run = RunDir(run_dir.resolve())
    if not run.exists():
        raise click.ClickException(f"There is no run in {run.path}. Make one with `vnl train`.")
    lock = _claim(run, time.monotonic() + wait)
    if lock is None:
        click.echo(f"{run.id} is finished.")
        return
    train_here(run, lock, line=scheduler.job() is None)


def _claim(run: RunDir, deadline: float) -> "Lock | None":
    """The run's lock, once it is free; None where the run is finished."""
    from pydantic import ValidationError

    from vnl_core.supervision.launch import Finished, claim
    from vnl_core.supervision.supervisor import BUSY, Busy

    while True:
        try:
            return claim(run, resume=True)
        except Finished:
            return None
        except Busy as error:
            if time.monotonic() >= deadline:
                click.echo(f"Error: {error}", err=True)
                sys.exit(BUSY)
            time.sleep(_TRY)
        except ValidationError as error:
            raise click.ClickException(f"config.json: {problems(error)[0]}") from error
        except (RuntimeError, OSError) as error:
            raise click.ClickException(str(error)) from error


def train_here(run: RunDir, lock: "Lock", line: bool = True) -> NoReturn:
    """Train `run`, whose lock is `lock`, as this process's work; ends the process."""
    from vnl_core.supervision.supervisor import fork, supervise

    def train() -> int:
        from vnl_core.rendering import gl

        gl.choose()  # without it there are no videos, but there is training
        from vnl_core.jobs.train import main

        return main(run.path)

    try:
        sys.exit(supervise(run, lock, lambda: fork(train), line))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
