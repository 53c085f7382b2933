"""Verbs of the pages Train and Runs."""

import sys
import time
from pathlib import Path

import click

from vnl_core.cli import placing
from vnl_core.cli.shared import RUNS_DIR, SET, echo_json, find_run, know_walker, run_config
from vnl_core.cli.work import train_here
from vnl_core.config import problems
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.runs.shipped import with_shipped


@click.command()
@click.argument("source", metavar="PRESET|FILE", required=False)
@SET
@RUNS_DIR
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="Run as made.")
@click.option("--background", is_flag=True, help="Start it and return; prints the run's id.")
@click.option("--on", "place", metavar="PLACE", help="Train on a cluster: a name in places.toml.")
def train(
    source: str | None,
    settings: tuple[str, ...],
    runs_dir: Path | None,
    run_dir: Path | None,
    background: bool,
    place: str | None,
) -> None:
    """Train with PPO. Ctrl-C stops after saving a checkpoint."""
    if (source is None) == (run_dir is None):
        raise click.ClickException("Name a preset or file, or an existing --run-dir.")
    chosen = placing.find(place) if place else None
    if source is not None:
        config = run_config(source, settings)
        know_walker(config.scene.walker)
        folder = runs_dir or default_runs_dir()
        try:
            run = RunDir.create(folder, config)
        except OSError as error:
            raise click.ClickException(
                f"{folder.resolve()} cannot be written ({error.strerror}). Name another folder "
                "with --runs-dir or VNL_RUNS_DIR."
            ) from error
    else:
        assert run_dir is not None
        run = RunDir(run_dir.resolve())
        if not run.exists():
            raise click.ClickException(f"--run-dir: there is no run in {run.path}.")
    if place and chosen:
        placing.submit(run, place, chosen)
    else:
        _train(run, background, resume=False)


def _train(run: RunDir, background: bool, resume: bool, more_steps: int = 0) -> None:
    """Train a run here, or start that and print its id; ends this process where it trains."""
    from pydantic import ValidationError

    from vnl_core.supervision import launch
    from vnl_core.supervision.supervisor import BUSY, Busy, inherited_lock

    try:
        if background and resume:
            launch.resume_training(run, more_steps)
        elif background:
            launch.start_training(run)
        else:
            lock = inherited_lock() or launch.claim(run, resume, more_steps)
    except Busy as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(BUSY)
    except ValidationError as error:
        raise click.ClickException(f"config.json: {problems(error)[0]}") from error
    except (RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if background:
        click.echo(run.id)
        return

    train_here(run, lock)


@click.command()
@click.argument("run_id")
@RUNS_DIR
@click.option("--steps", type=click.IntRange(1), help="Env steps to add to the run.")
@click.option("--background", is_flag=True, help="Start it and return; prints the run's id.")
def resume(run_id: str, runs_dir: Path | None, steps: int | None, background: bool) -> None:
    """Continue a run that was stopped or interrupted, exactly from its newest checkpoint."""
    _train(find_run(runs_dir, run_id), background, resume=True, more_steps=steps or 0)


@click.command()
@click.argument("run_id")
@RUNS_DIR
@click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to wait.")
def stop(run_id: str, runs_dir: Path | None, wait: float) -> None:
    """Stop a run; it saves a checkpoint first."""
    from vnl_core.supervision.launch import stop as ask

    run = find_run(runs_dir, run_id)
    try:
        asked = ask(run)
    except OSError as error:
        raise click.ClickException(f"{run.id} was not stopped: {error}.") from error
    if not asked and placing.cancel(run):
        click.echo(f"{run.id} was taken from the scheduler's queue.")
        return
    if not asked:
        raise click.ClickException(f"{run.id} is not running: it is {run.status().state}.")
    deadline = time.monotonic() + wait
    while run.status().alive and time.monotonic() < deadline:
        time.sleep(0.2)
    status = run.status()
    if status.alive:
        raise click.ClickException(
            f"{run.id} has not ended after {wait:.0f} s: it is {status.state}. Stop it once more, "
            "which kills a process that does not answer."
        )
    click.echo(f"{run.id} {status.state}")


@click.command()
@RUNS_DIR
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def runs(runs_dir: Path | None, as_json: bool) -> None:
    """List the runs, newest first."""
    from vnl_core.runs.table import list_runs

    rows = placing.told(list_runs(with_shipped(runs_dir or default_runs_dir())))
    if as_json:
        echo_json(rows)
        return
    if not rows:
        click.echo("No runs yet. Start one with `vnl train ant-smoke`.")
    for row in rows:
        best = "-" if row["best_reward"] is None else f"{row['best_reward']:.2f}"
        click.echo(
            f"{row['id']:44} {row['state']:10} {row['step'] or 0:>12,} steps  "
            f"best reward {best:>9}  {row['message'] or ''}".rstrip()
        )
