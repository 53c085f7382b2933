"""Verbs of the pages Rollout and Watch."""

import sys
from pathlib import Path
from typing import Any

import click

from vnl_core.cli.options import options
from vnl_core.cli.shared import (
    RUNS_DIR,
    SET,
    SOURCE,
    echo_json,
    find_run,
    know_walker,
    run_config,
    use_gl,
)
from vnl_core.config import RolloutConfig, VideoConfig, problems
from vnl_core.runs.directory import default_runs_dir


@click.command()
@SOURCE
@SET
@options(
    RolloutConfig,
    policy="",
    checkpoint="",
    replay="",
    deterministic="--deterministic/--sampled",
    constant="",
    amplitude="",
    frequency="",
    engine="",
    seconds="",
    seed="",
    width="",
    height="",
    fps="",
    show_joints="--joints",
    show_contacts="--contacts",
    egocentric_pixels="--egocentric",
    stop_at_end="--stop-at-end/--run-on",
)
@click.option("--camera", "cameras", multiple=True, help="May be repeated; 0 when not given.")
@click.option("--no-video", is_flag=True, help="Trajectory and traces only; needs no OpenGL.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="rollout",
    show_default=True,
)
def rollout(
    source: str,
    settings: tuple[str, ...],
    cameras: tuple[str, ...],
    no_video: bool,
    output: Path,
    **choices: Any,
) -> None:
    """Simulate a policy in a scene; write trajectory, traces and videos."""
    from pydantic import ValidationError

    run = run_config(source, settings)
    try:
        config = RolloutConfig(
            scene=run.scene,
            task=run.task,
            cameras=() if no_video else cameras or (0,),
            **choices,
        )
    except ValidationError as error:
        raise click.ClickException("\n".join(str(p) for p in problems(error))) from error
    if not no_video or config.egocentric_pixels:
        use_gl()
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.requests import Reporter
    from vnl_core.jobs.rollout import make_rollout
    from vnl_core.rollout import Cancelled, Simulators
    from vnl_core.runs.files import write_whole
    from vnl_core.runs.job_folder import JobStatus, RolloutDir

    use_compilation_cache()
    output.mkdir(parents=True, exist_ok=True)
    folder = RolloutDir(output)
    write_whole(folder.request_path, config.to_json())
    told: list[str] = []

    def tell(status: JobStatus) -> None:
        if told[-1:] != [status.state]:
            told.append(status.state)
            click.echo(f"{status.state} {status.message}".strip(), err=True)

    reporter = Reporter(folder, tell)
    try:
        trajectory = make_rollout(config, Simulators(), reporter)
    except Cancelled as error:
        reporter.set("cancelled", 0.0, "Cancelled on request.")
        why = f"Cancelled: {output} holds the file `cancel`, or is gone."
        raise click.ClickException(why) from error
    except (ValueError, OSError, RuntimeError) as error:
        reporter.set("failed", 0.0, str(error))
        raise click.ClickException(str(error)) from error
    summary = trajectory.summary().labelled()
    reporter.set("finished", 1.0, summary=summary)
    echo_json({"folder": str(output), **summary})


@click.command()
@click.argument("sources", metavar="RUN|ROLLOUT|FILE...", nargs=-1, required=True)
@RUNS_DIR
@click.option("--step", type=int, help="Which evaluation of a RUN; the last when not given.")
@options(
    VideoConfig,
    camera="",
    width="",
    height="",
    fps="",
    speed="",
    quality="",
    show_joints="--joints",
    show_contacts="--contacts",
)
@click.option("--title/--no-title", default=True, show_default=True, help="A line on top.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="film.mp4",
    show_default=True,
    help="An .mp4, or a .gif at half the size.",
)
def film(
    sources: tuple[str, ...],
    runs_dir: Path | None,
    step: int | None,
    output: Path,
    **choices: Any,
) -> None:
    """Film an evaluation of a RUN or an episode; several are filmed in a grid.

    A video is kept beside its episode, where the dashboard finds it, and never made twice.
    """
    from pydantic import ValidationError

    if output.suffix.lower() not in (".mp4", ".gif"):
        raise click.ClickException("--output: name an .mp4 or .gif file.")
    try:
        how = VideoConfig(**choices)
    except ValidationError as error:
        raise click.ClickException("\n".join(str(p) for p in problems(error))) from error
    use_gl()
    from vnl_core.jobs.video import trajectory_of, video_into

    runs_dir = (runs_dir or default_runs_dir()).resolve()
    try:
        with click.progressbar(length=100, label="Rendering", file=sys.stderr) as bar:
            video_into(
                output,
                [trajectory_of(source, runs_dir, step) for source in sources],
                how,
                runs_dir,
                lambda share: bar.update(round(100 * share) - bar.pos),
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(output)


@click.command()
@click.argument("run_id")
@RUNS_DIR
@SET
@click.option("--step", type=int, help="Env step of the checkpoint; the newest when not given.")
@click.option("--episodes", type=click.IntRange(1, 4096), default=64, show_default=True)
@click.option("--seed", type=int, default=1000, show_default=True, help="Of starts and corridors.")
def evaluate(
    run_id: str,
    runs_dir: Path | None,
    settings: tuple[str, ...],
    step: int | None,
    episodes: int,
    seed: int,
) -> None:
    """Run a checkpoint in many episodes, on any corridor; print speed, gaps crossed and falls."""
    run = find_run(runs_dir, run_id)
    config = run_config(str(run.config_path), settings)
    found = {made.step: made.path for made in run.checkpoints()}
    if not found:
        raise click.ClickException(f"{run.id} has no checkpoint yet.")
    if step is not None and step not in found:
        raise click.ClickException(
            f"--step: {run.id} has checkpoints at {', '.join(map(str, found))}."
        )
    know_walker(config.scene.walker)
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.evaluate import evaluate as outcome_of

    use_compilation_cache()
    try:
        outcome = outcome_of(found[max(found) if step is None else step], config, episodes, seed)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    echo_json(outcome._asdict())
    if outcome.share_unstable:
        from vnl_core.scene.instability import REMEDY

        click.echo(
            f"The simulation became unstable in {outcome.share_unstable:.1%} of the episodes; "
            f"their numbers are those up to there. {REMEDY}",
            err=True,
        )
