"""Studies from the shell: record one, and say how wide a gap was crossed."""

import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

from vnl_core.cli.shared import RUNS_DIR, echo_json, know_walker
from vnl_core.config import Condition, StudyConfig, Subject, problems
from vnl_core.runs.directory import default_runs_dir


@click.command()
@click.argument("source", metavar="RUN|FILE|STUDY")
@RUNS_DIR
@click.option("--step", type=int, help="Env step of the checkpoint; the newest when not given.")
@click.option(
    "--gaps",
    metavar="LOW:HIGH:COUNT",
    help="A condition for each of COUNT gap lengths (m) from LOW to HIGH.",
)
@click.option("--episodes", type=int, default=20, show_default=True, help="Of each condition.")
@click.option("--seed", type=int, default=1000, show_default=True, help="Of the first episode.")
@click.option("--sampled", is_flag=True, help="Act by samples rather than by the policy's mode.")
@click.option("--arrays", type=int, default=0, show_default=True, help="Episodes kept whole.")
@click.option("--activations", is_flag=True, help="Keep the hidden layers' activations with them.")
def study(source: str, runs_dir: Path | None, **given: Any) -> None:
    """Record how a checkpoint crosses gaps: many episodes in each of several conditions.

    RUN is a run's id; FILE a StudyConfig as JSON; STUDY the folder of a study that was broken off,
    which goes on. Prints its folder and the gap length crossed in half of all encounters.
    """
    from pydantic import ValidationError

    runs_dir = (runs_dir or default_runs_dir()).resolve()
    from vnl_core.study.folder import StudyDir

    folder = StudyDir(Path(source))
    try:
        if not folder.config_path.is_file():
            config = _config(source, given)
            _check(config, runs_dir)
            folder = StudyDir.create(runs_dir, config)
        folder.cancel_path.unlink(missing_ok=True)
        _record(folder, runs_dir)
    except ValidationError as error:
        raise click.ClickException("\n".join(str(p) for p in problems(error))) from error
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    echo_json({"folder": str(folder.path), **_crossed(folder)})


def _check(config: StudyConfig, runs_dir: Path) -> None:
    """Refuses what cannot be studied before there is a folder for it."""
    from vnl_core.jobs.study import conditions, resolve

    for subject in resolve(config, runs_dir):
        know_walker(subject.run.config().scene.walker)
        conditions(config, subject)


def _config(source: str, given: dict[str, Any]) -> StudyConfig:
    """The study of a file, or of the options."""
    if Path(source).is_file():
        return StudyConfig.model_validate_json(Path(source).read_bytes())
    return StudyConfig(
        name=f"study-{source}"[:60],
        subjects=(Subject(run=source, step=given["step"]),),
        conditions=_conditions(given["gaps"]),
        episodes=given["episodes"],
        seed=given["seed"],
        deterministic=not given["sampled"],
        arrays=given["arrays"],
        activations=given["activations"],
    )


def _conditions(gaps: str | None) -> tuple[Condition, ...]:
    if gaps is None:
        return (Condition(name="as trained"),)
    try:
        low, high, count = gaps.split(":")
        lengths = np.linspace(float(low), float(high), int(count))
        if not len(lengths):
            raise ValueError("no gap length")
    except ValueError as error:
        raise ValueError(
            f"--gaps: {gaps!r} is no range. Write LOW:HIGH:COUNT in metres, such as 0.05:1.0:12."
        ) from error
    return tuple(
        Condition(name=f"gap {x:.4g} m", settings=(f"scene.arena.gap_length={x:.6g}",))
        for x in lengths
    )


def _record(folder: Any, runs_dir: Path) -> None:
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.study import record_study
    from vnl_core.rollout import Cancelled
    from vnl_core.runs.job_folder import JobStatus

    use_compilation_cache()
    with click.progressbar(length=1000, label="Recording", file=sys.stderr) as bar:

        def tell(done: int, total: int) -> None:
            bar.update(round(1000 * done / total) - bar.pos)
            folder.write_status(JobStatus(state="simulating", progress=done / total))

        folder.write_status(JobStatus(state="compiling"))
        try:
            record_study(folder, runs_dir, tell)
        except Cancelled as error:
            folder.set_cancelled()
            raise click.ClickException(
                f"Cancelled. `vnl study {folder.path}` goes on with it."
            ) from error
        except (ValueError, OSError) as error:
            folder.write_status(JobStatus(state="failed", message=str(error)))
            raise
    folder.write_status(JobStatus(state="finished", progress=1.0))


def _crossed(folder: Any) -> dict[str, Any]:
    from vnl_core.analysis.crossing import crossing

    encounters = folder.table("encounters")
    if encounters.empty:
        return {"encounters": 0}
    click.echo("Fitting crossing against width, with 200 draws of whole episodes…", err=True)
    found = crossing(encounters)
    return {
        "encounters": len(encounters),
        "episodes": found.episodes,
        "training_seeds": found.seeds,
        "points": [
            {"width_m": p.width, "crossed": p.crossed, "trials": p.trials, **p.share._asdict()}
            for p in found.points
        ],
        "w50_m": found.w50 and found.w50._asdict(),
        "w50_body_lengths": found.w50 and found.w50.estimate / found.body_length,
        "note": found.note,
    }


@click.command()
@click.argument("folder", metavar="STUDY", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), default="figures")
@click.option("--first-only", is_flag=True, help="Only the first gap of each episode.")
def figures(folder: Path, output: Path, first_only: bool) -> None:
    """Draw the figures of a finished STUDY as PDF, SVG and PNG; the same bytes every time."""
    from vnl_core.analysis.crossing import crossing
    from vnl_core.figures.crossing import crossing_figure
    from vnl_core.figures.style import write
    from vnl_core.study.folder import StudyDir

    try:
        encounters = StudyDir(folder).table("encounters")
        click.echo("Fitting crossing against width…", err=True)
        found = {
            f"{rows['run'].iloc[0]} at step {rows['step'].iloc[0]:,}": crossing(rows, first_only)
            for _, rows in encounters.groupby(["run", "step"])
        }
        if not found:
            raise ValueError(f"{folder}: no gap was met, so there is nothing to draw.")
        for path in write(crossing_figure(found), output, "crossing"):
            click.echo(path)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
