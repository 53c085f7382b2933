"""Verbs of the page Design, and of what there is to choose from."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from vnl_core.cli.shared import RUNS_DIR, SET, SOURCE, echo_json, run_config, use_gl
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import default_runs_dir


@click.command()
@RUNS_DIR
def doctor(runs_dir: Path | None) -> None:
    """Show what this machine has and lacks, with the remedy for each."""
    from vnl_core.doctor import report, table
    from vnl_core.places import checks as places

    folder = runs_dir or default_runs_dir()
    checks = report(folder) + places.report(folder)
    click.echo(table(checks))
    sys.exit(any(check.ok == "fail" for check in checks))


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole config of NAME.")
def presets(name: str | None, as_json: bool) -> None:
    """List the presets, or show one."""
    if name is None:
        for key, preset in PRESETS.items():
            click.echo(f"{key:18} {preset.description}")
    elif as_json:
        click.echo(run_config(name, ()).to_json(), nl=False)
    elif name in PRESETS:
        click.echo(f"{PRESETS[name].title}\n{PRESETS[name].description}")
    else:
        raise click.ClickException(f"There is no preset {name!r}. Use one of {', '.join(PRESETS)}.")


@click.command()
@SOURCE
@SET
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
    """Build a scene and show what is in it."""
    from vnl_core.rendering import gl

    gl.choose()  # otherwise dm_control tries each backend and prints warnings
    from vnl_core.scene import build
    from vnl_core.scene.compat import summary
    from vnl_core.scene.export import mjb, mjcf_zip

    config = run_config(source, settings).scene
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
        echo_json({"config": config.model_dump(), **facts, **compatibility})
        return
    layout = facts["layout"]
    arena, length = config.arena.name, config.corridor_length
    click.echo(f"{config.walker} in a {arena} corridor, {length:g} m long")
    click.echo(f"{len(layout['platforms'])} platforms, {len(layout['gaps'])} gaps")
    for name, value in {**facts["model"], **facts["physics"]}.items():
        click.echo(f"  {name:32} {value}")
    for camera in facts["cameras"]:
        click.echo(f"  camera {camera['index']:>2}  {camera['name']}")
    if on_engine:
        _echo_compatibility(on_engine)


def _echo_compatibility(summary: dict[str, Any]) -> None:
    """What an engine supports of a scene: one line per finding and per adaptation."""
    verdict = "runs" if summary["runs"] else "cannot run"
    click.echo(f"{summary['engine']} {verdict} this scene")
    for problem in summary["problems"]:
        cured = ", cured by the adaptation" if problem["cured"] else ""
        click.echo(f"  {problem['severity']}{cured}: {problem['kind']}. {problem['meaning']}")
    for change in summary["adaptations"]:
        switch = f" (scene.mjx.{change['switch']})" if change["switch"] else ""
        click.echo(f"  adapted: {change['what']}. {change['why']}{switch}")


@click.command()
@SOURCE
@SET
@click.option(
    "--camera", default="0", show_default=True, help="Index or name: free, close-up, 0, …"
)
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
    config = run_config(source, settings).scene
    use_gl()
    from vnl_core.rendering.gl_thread import render as draw
    from vnl_core.rendering.image import encode
    from vnl_core.rendering.overlays import Overlays
    from vnl_core.scene import build

    overlays = Overlays(joints=joints, contacts=contacts)
    try:
        pixels = draw(build(config), None, camera, width, height, overlays, "full")
    except (ValueError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(encode(pixels, "png"))
    click.echo(output)
