"""The dashboard's warm processes."""

import signal
import sys
from pathlib import Path

import click

from vnl_core.cli.shared import (
    RUNS_DIR,
)
from vnl_core.runs.directory import default_runs_dir


@click.command(hidden=True)
@RUNS_DIR
def worker(runs_dir: Path | None) -> None:
    """The dashboard's warm rollout worker: folder names on standard input, one a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the dashboard closes its stdin
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.rollout import work

    use_compilation_cache()
    work(runs_dir or default_runs_dir())


@click.command(hidden=True)
@RUNS_DIR
def films(runs_dir: Path | None) -> None:
    """The dashboard's filming process: folders of requests on standard input, one a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the dashboard closes its stdin
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.jobs.video import work

    work(runs_dir or default_runs_dir())


@click.command(hidden=True)
def prewarm() -> None:
    """A training process without a run: it waits on a socket until it is given one."""
    from vnl_core.supervision.prewarm import Work, wait_for_work

    def prepare() -> Work:
        from vnl_core.rendering import gl

        gl.choose()  # without it there are no videos, but there is training
        from vnl_core.jobs.train import main

        return main

    sys.exit(wait_for_work(prepare))
