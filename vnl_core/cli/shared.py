"""What several verbs share: arguments, and errors as messages."""

import json
from pathlib import Path
from typing import Any

import click

from vnl_core.config import RunConfig
from vnl_core.load_config import SourceError, load_run
from vnl_core.plain_files import NotTrusted
from vnl_core.runs.directory import RunDir, default_runs_dir

SOURCE = click.argument("source", metavar="PRESET|FILE")
SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set one field, such as scene.arena.gap_length=0.3 or ppo.seed=1; may be repeated.",
)
RUNS_DIR = click.option(
    "--runs-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where runs live; $VNL_RUNS_DIR or ./runs when not given.",
)


def run_config(source: str, settings: tuple[str, ...]) -> RunConfig:
    """The run of a preset or file, with `settings` in it; an error message where there is none."""
    try:
        return load_run(source, settings)
    except SourceError as error:
        raise click.ClickException(str(error)) from error


def know_walker(name: str) -> None:
    """An error message where there is no walker `name`."""
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.scene.walkers import find_walker

    try:
        find_walker(name)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def find_run(runs_dir: Path | None, run_id: str) -> RunDir:
    """The run `run_id`, or an error message that there is none."""
    try:
        return RunDir.find(runs_dir or default_runs_dir(), run_id)
    except (ValueError, FileNotFoundError, NotTrusted) as error:
        raise click.ClickException(str(error)) from error


def echo_json(value: Any) -> None:
    """Prints `value` for another program to read."""
    click.echo(json.dumps(value, indent=2))


def use_gl() -> None:
    """An error message where OpenGL does not work."""
    from vnl_core.rendering import gl

    if not gl.choose():
        raise click.ClickException("OpenGL does not work here. Run `vnl doctor` for the remedy.")
