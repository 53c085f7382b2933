"""`vnl …`: the verbs of the pages, from the shell.

Every verb imports what it needs when it runs: `vnl runs` does not wait for JAX.
"""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any, Literal

import click

from vnl_core.config import RolloutConfig, RunConfig, problems
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir, default_runs_dir
from vnl_core.sources import SourceError, load_run

_SOURCE = click.argument("source", metavar="PRESET|FILE")
_SET = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Set one field, such as scene.gap_length=0.3 or ppo.seed=1; may be repeated.",
)
_RUNS_DIR = click.option(
    "--runs-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where runs live; $VNL_RUNS_DIR or ./runs when not given.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vnl-gaps")
def main() -> None:
    """Virtual animals crossing gaps: design, preview, roll out, train and watch."""


def _run_config(source: str, settings: tuple[str, ...]) -> RunConfig:
    try:
        return load_run(source, settings)
    except SourceError as error:
        raise click.ClickException(str(error)) from error


def _know_walker(name: str) -> None:
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.scene.walkers import find_walker

    try:
        find_walker(name)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _echo_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))


def _use_gl() -> None:
    from vnl_core.rendering import gl

    if not gl.choose():
        raise click.ClickException("OpenGL does not work here. Run `vnl doctor` for the remedy.")


@main.command()
@_RUNS_DIR
def doctor(runs_dir: Path | None) -> None:
    """Tell what this machine has and lacks, with the remedy for each."""
    from vnl_core.doctor import report, table

    checks = report(runs_dir or default_runs_dir())
    click.echo(table(checks))
    sys.exit(any(check.ok == "fail" for check in checks))


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole config of NAME.")
def presets(name: str | None, as_json: bool) -> None:
    """List the presets, or show one."""
    if name is None:
        for key, preset in PRESETS.items():
            click.echo(f"{key:18} {preset.description}")
    elif as_json:
        click.echo(_run_config(name, ()).to_json(), nl=False)
    elif name in PRESETS:
        click.echo(f"{PRESETS[name].title}\n{PRESETS[name].description}")
    else:
        raise click.ClickException(f"There is no preset {name!r}. Use one of {', '.join(PRESETS)}.")


@main.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the default run of NAME.")
def walkers(name: str | None, as_json: bool) -> None:
    """List the walkers, or show one; those of the files in $VNL_WALKERS too."""
    from vnl_core.rendering import gl

    gl.choose()  # dm_control would try each backend aloud
    from vnl_core.scene.walkers import facts, find_walker, known_walkers, refused_files

    for reason in refused_files():
        click.echo(reason, err=True)
    try:
        chosen = [find_walker(name)] if name else list(known_walkers().values())
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if name and as_json:
        click.echo(chosen[0].defaults.to_json(), nl=False)
        return
    rows = [facts(walker) for walker in chosen]
    if as_json:
        _echo_json(rows)
        return
    for row in rows:
        click.echo(
            f"{row['name']:16} {row['dofs (nv)']:>3} dofs  {row['actuators (nu)']:>3} actuators  "
            f"{row['mass (kg)']:>8.3f} kg  preset {row['preset'] or '-'}"
        )
        if name:
            click.echo(chosen[0].description)


@main.command()
@_SOURCE
@_SET
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the scene as .zip (MJCF and assets), .mjb or .json (config).",
)
@click.option(
    "--engine",
    type=click.Choice(["mjx", "mjx-warp"]),
    help="Tell what this engine refuses or does otherwise, and how the scene is adapted to it.",
)
def scene(
    source: str,
    settings: tuple[str, ...],
    as_json: bool,
    export: Path | None,
    engine: Literal["mjx", "mjx-warp"] | None,
) -> None:
    """Build a scene and tell what is in it."""
    from vnl_core.rendering import gl

    gl.choose()  # dm_control would try each backend aloud
    from vnl_core.scene import build
    from vnl_core.scene.compat import summary
    from vnl_core.scene.export import mjb, mjcf_zip

    config = _run_config(source, settings).scene
    try:
        built = build(config)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if export:
        writers = {
            ".zip": mjcf_zip,
            ".mjb": mjb,
            ".json": lambda scene: scene.config.to_json().encode(),
        }
        if export.suffix not in writers:
            raise click.ClickException("--export: name a .zip, .mjb or .json file.")
        export.write_bytes(writers[export.suffix](built))
    facts = built.facts()
    on_engine = summary(built, engine) if engine else None
    if as_json:
        compatibility = {"compatibility": on_engine} if on_engine else {}
        _echo_json({"config": config.model_dump(), **facts, **compatibility})
        return
    layout = facts["layout"]
    click.echo(f"{config.walker} in a {config.arena} corridor, {config.corridor_length:g} m long")
    click.echo(f"{len(layout['platforms'])} platforms, {len(layout['gaps'])} gaps")
    for name, value in {**facts["model"], **facts["physics"]}.items():
        click.echo(f"  {name:32} {value}")
    for camera in facts["cameras"]:
        click.echo(f"  camera {camera['index']:>2}  {camera['name']}")
    if on_engine:
        _echo_compatibility(on_engine)


def _echo_compatibility(summary: dict[str, Any]) -> None:
    """What an engine makes of a scene, a line a finding and a line an adaptation."""
    verdict = "runs" if summary["runs"] else "cannot run"
    click.echo(f"{summary['engine']} {verdict} this scene")
    for problem in summary["problems"]:
        cured = ", cured by the adaptation" if problem["cured"] else ""
        click.echo(f"  {problem['severity']}{cured}: {problem['kind']}. {problem['meaning']}")
    for change in summary["adaptations"]:
        switch = f" (scene.mjx.{change['switch']})" if change["switch"] else ""
        click.echo(f"  adapted: {change['what']}. {change['why']}{switch}")


@main.command()
@_SOURCE
@_SET
@click.option("--camera", default="0", show_default=True, help="Index (-1: free) or name.")
@click.option("--width", type=click.IntRange(16, 4096), default=640, show_default=True, help="px")
@click.option("--height", type=click.IntRange(16, 4096), default=480, show_default=True, help="px")
@click.option("--joints", is_flag=True, help="Draw the joints.")
@click.option("--contacts", is_flag=True, help="Draw contact points and forces.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), default="scene.png"
)
def render(
    source: str,
    settings: tuple[str, ...],
    camera: str,
    width: int,
    height: int,
    joints: bool,
    contacts: bool,
    output: Path,
) -> None:
    """Draw a scene at its start pose into a PNG."""
    if output.suffix.lower() != ".png":
        raise click.ClickException("--output: name a .png file.")
    config = _run_config(source, settings).scene
    _use_gl()
    from vnl_core.rendering.image import encode
    from vnl_core.rendering.overlays import Overlays
    from vnl_core.rendering.worker import render as draw
    from vnl_core.scene import build

    overlays = Overlays(joints=joints, contacts=contacts)
    try:
        pixels = draw(build(config), None, camera, width, height, overlays, "full")
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(encode(pixels, "png"))
    click.echo(output)


@main.command()
@_SOURCE
@_SET
@click.option(
    "--policy",
    type=click.Choice(["zero", "random", "sine", "constant", "checkpoint", "replay"]),
    default="random",
    show_default=True,
)
@click.option("--checkpoint", help="Folder of the checkpoint policy: runs/ID/checkpoints/STEP.")
@click.option("--replay", help="Trajectory file whose controls the replay policy gives again.")
@click.option("--constant", type=float, default=1.0, help="Share of the control range, -1 to 1.")
@click.option("--amplitude", type=float, default=1.0, help="Of the sine, share of the range.")
@click.option("--frequency", type=float, default=1.0, help="Of the sine, Hz.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "native", "mjx", "mjx-warp", "dm_control"]),
    default="auto",
    show_default=True,
)
@click.option("--seconds", type=float, default=5.0, show_default=True, help="Simulated time.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--camera", "cameras", multiple=True, help="May be repeated; 0 when not given.")
@click.option("--no-video", is_flag=True, help="Trajectory and traces only; needs no OpenGL.")
@click.option("--joints", is_flag=True, help="Draw the joints.")
@click.option("--contacts", is_flag=True, help="Draw contact points and forces.")
@click.option(
    "--egocentric",
    "egocentric_pixels",
    type=int,
    default=0,
    metavar="PX",
    help="Record what the walker sees, PX by PX pixels a control step, in egocentric.h5.",
)
@click.option("--run-on", is_flag=True, help="Simulate on where the episode ends.")
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
    joints: bool,
    contacts: bool,
    run_on: bool,
    output: Path,
    **choices: Any,
) -> None:
    """Simulate a policy in a scene; write trajectory, traces and videos."""
    from pydantic import ValidationError

    run = _run_config(source, settings)
    try:
        config = RolloutConfig(
            scene=run.scene,
            task=run.task,
            cameras=() if no_video else cameras or (0,),
            show_joints=joints,
            show_contacts=contacts,
            stop_at_end=not run_on,
            **choices,
        )
    except ValidationError as error:
        raise click.ClickException("\n".join(str(p) for p in problems(error))) from error
    if not no_video:
        _use_gl()
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.rollout import RolloutStatus, make_rollout
    from vnl_core.rollout import Simulators
    from vnl_core.runs.files import write_whole

    use_compilation_cache()
    output.mkdir(parents=True, exist_ok=True)
    write_whole(output / "request.json", config.to_json())
    status = RolloutStatus(output, echo=lambda text: click.echo(text, err=True))
    try:
        trajectory = make_rollout(config, output, Simulators(), status)
    except (ValueError, OSError, RuntimeError) as error:
        status.set("failed", 0.0, str(error))
        raise click.ClickException(str(error)) from error
    status.set("finished", 1.0, summary=trajectory.summary())
    _echo_json({"folder": str(output), **trajectory.summary()})


@main.command()
@click.argument("sources", metavar="RUN|ROLLOUT|FILE...", nargs=-1, required=True)
@_RUNS_DIR
@click.option("--step", type=int, help="Which evaluation of a RUN; the last when not given.")
@click.option("--camera", default="0", show_default=True, help="Index (-1: free) or name.")
@click.option("--width", type=int, default=640, show_default=True, help="px, up to 1920")
@click.option("--height", type=int, default=480, show_default=True, help="px, up to 1080")
@click.option("--fps", type=int, default=30, show_default=True, help="Frames a second.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="0.25 is slow motion.")
@click.option("--quality", type=click.Choice(["fast", "full"]), default="fast", show_default=True)
@click.option("--title/--no-title", default=True, show_default=True, help="A line on top.")
@click.option("--joints", "show_joints", is_flag=True, help="Draw the joints.")
@click.option("--contacts", "show_contacts", is_flag=True, help="Draw contact points and forces.")
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

    A film is kept beside its episode, where the dashboard finds it, and never made twice.
    """
    from pydantic import ValidationError

    from vnl_core.config import FilmConfig

    if output.suffix.lower() not in (".mp4", ".gif"):
        raise click.ClickException("--output: name an .mp4 or .gif file.")
    try:
        how = FilmConfig(**choices)
    except ValidationError as error:
        raise click.ClickException("\n".join(str(p) for p in problems(error))) from error
    _use_gl()
    from vnl_core.jobs.film import film_into, trajectory_of

    runs_dir = (runs_dir or default_runs_dir()).resolve()
    try:
        with click.progressbar(length=100, label="Rendering", file=sys.stderr) as bar:
            film_into(
                output,
                [trajectory_of(source, runs_dir, step) for source in sources],
                how,
                runs_dir,
                lambda share: bar.update(round(100 * share) - bar.pos),
            )
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(output)


@main.command()
@click.argument("source", metavar="PRESET|FILE", required=False)
@_SET
@_RUNS_DIR
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="Run as made.")
@click.option("--background", is_flag=True, help="Start it and return; prints the run's id.")
def train(
    source: str | None,
    settings: tuple[str, ...],
    runs_dir: Path | None,
    run_dir: Path | None,
    background: bool,
) -> None:
    """Train with PPO. Ctrl-C stops after saving a checkpoint."""
    if (source is None) == (run_dir is None):
        raise click.ClickException("Name a preset or file, or an existing --run-dir.")
    if source is not None:
        config = _run_config(source, settings)
        _know_walker(config.scene.walker)
        run = RunDir.create(runs_dir or default_runs_dir(), config)
    else:
        assert run_dir is not None
        run = RunDir(run_dir.resolve())
        if not run.exists():
            raise click.ClickException(f"--run-dir: there is no run in {run.path}.")
    _train(run, background, resume=False)


def _train(run: RunDir, background: bool, resume: bool, more_steps: int = 0) -> None:
    """Train a run here, or start that and print its id; ends this process where it trains."""
    from pydantic import ValidationError

    from vnl_core.runs import launch
    from vnl_core.runs.keeper import BUSY, Busy, inherited_lock, keep

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

    def work() -> int:
        from vnl_core.rendering import gl

        gl.choose()  # without it there are no videos, but there is training
        from vnl_core.jobs.train import main as train_run

        return train_run(run.path)

    try:
        sys.exit(keep(run, lock, work))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("run_id")
@_RUNS_DIR
@click.option("--steps", type=click.IntRange(1), default=0, help="Env steps to add to the run.")
@click.option("--background", is_flag=True, help="Start it and return; prints the run's id.")
def resume(run_id: str, runs_dir: Path | None, steps: int, background: bool) -> None:
    """Go on with a run that was stopped or broken off, exactly where its checkpoint is."""
    _train(_find(runs_dir, run_id), background, resume=True, more_steps=steps)


def _find(runs_dir: Path | None, run_id: str) -> RunDir:
    try:
        return RunDir.find(runs_dir or default_runs_dir(), run_id)
    except (ValueError, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("run_id")
@_RUNS_DIR
@click.option("--wait", type=float, default=60.0, show_default=True, help="Seconds to wait.")
def stop(run_id: str, runs_dir: Path | None, wait: float) -> None:
    """Stop a run; it saves a checkpoint first."""
    from vnl_core.runs.launch import stop as ask

    run = _find(runs_dir, run_id)
    if not ask(run):
        raise click.ClickException(f"{run.id} is not running: it is {run.status().state}.")
    deadline = time.monotonic() + wait
    while run.status().alive and time.monotonic() < deadline:
        time.sleep(0.2)
    click.echo(f"{run.id} {run.status().state}")


@main.command()
@click.argument("run_id")
@_RUNS_DIR
@_SET
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
    """Run a checkpoint over many corridors, others too; print how far and how safely it went."""
    run = _find(runs_dir, run_id)
    config = _run_config(str(run.config_path), settings)
    found = {made.step: made.path for made in run.checkpoints()}
    if not found:
        raise click.ClickException(f"{run.id} has no checkpoint yet.")
    if step is not None and step not in found:
        raise click.ClickException(
            f"--step: {run.id} has checkpoints at {', '.join(map(str, found))}."
        )
    _know_walker(config.scene.walker)
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.evaluate import evaluate as outcome_of

    use_compilation_cache()
    try:
        outcome = outcome_of(found[max(found) if step is None else step], config, episodes, seed)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    _echo_json(outcome._asdict())


@main.command()
@_RUNS_DIR
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def runs(runs_dir: Path | None, as_json: bool) -> None:
    """List the runs, newest first."""
    from vnl_core.runs.table import list_runs

    rows = [row.to_dict() for row in list_runs(runs_dir or default_runs_dir())]
    if as_json:
        _echo_json(rows)
        return
    if not rows:
        click.echo("No runs yet. Start one with `vnl train ant-smoke`.")
    for row in rows:
        best = "-" if row["best_reward"] is None else f"{row['best_reward']:.2f}"
        click.echo(
            f"{row['id']:44} {row['state']:10} {row['step'] or 0:>12,} steps  "
            f"best reward {best:>9}  {row['message'] or ''}".rstrip()
        )


@main.command(hidden=True)
@_RUNS_DIR
def worker(runs_dir: Path | None) -> None:
    """The dashboard's warm rollout worker: folder names on standard input, one a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the dashboard, by its stdin
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.jobs.compilation_cache import use_compilation_cache
    from vnl_core.jobs.rollout import work

    use_compilation_cache()
    work(runs_dir or default_runs_dir())


@main.command(hidden=True)
@_RUNS_DIR
def films(runs_dir: Path | None) -> None:
    """The dashboard's filming process: folders of requests on standard input, one a line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with the dashboard, by its stdin
    from vnl_core.rendering import gl

    gl.choose()
    from vnl_core.jobs.film import work

    work(runs_dir or default_runs_dir())


if __name__ == "__main__":
    main()
