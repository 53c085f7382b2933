"""The verb that lists walkers, and looks at a file before it becomes one."""

from pathlib import Path
from typing import Any

import click

from vnl_core.cli.shared import echo_json


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the default run of NAME.")
@click.option(
    "--check",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Look at an MJCF file: what a walker of it would be, and what is left out of the file.",
)
def walkers(name: str | None, as_json: bool, file: Path | None) -> None:
    """List the walkers, or show one; those of the files in $VNL_WALKERS too."""
    from vnl_core.rendering import gl

    gl.choose()  # otherwise dm_control tries each backend and prints warnings
    if file:
        _check(file, as_json)
    elif name:
        _show(name, as_json)
    else:
        _list(as_json)


def _list(as_json: bool) -> None:
    from vnl_core.scene.walkers import broken_walkers, facts, known_walkers, refused_files

    for reason in refused_files():
        click.echo(reason, err=True)
    broken = broken_walkers()
    rows = [facts(walker) for name, walker in known_walkers().items() if name not in broken]
    if as_json:
        echo_json(rows)
    else:
        for row in rows:
            _echo_row(row)
    for name, reason in broken.items():
        click.echo(f"{name:16} cannot be used. {reason}", err=True)


def _show(name: str, as_json: bool) -> None:
    from vnl_core.scene.walkers import MjcfWalker, facts, find_walker

    try:
        walker = find_walker(name)
        if as_json:
            click.echo(walker.defaults.to_json(), nl=False)
            return
        row, entity = facts(walker), walker.make()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    _echo_row(row)
    click.echo(walker.description)
    if isinstance(entity, MjcfWalker):
        _echo_left_out(entity.left_out)


def _check(file: Path, as_json: bool) -> None:
    from dataclasses import asdict

    from vnl_core.scene.walkers import MjcfWalker
    from vnl_core.scene.walkers.checklist import checklist
    from vnl_core.scene.walkers.guess import guess

    try:
        parts, _ = guess(file)
        walker = MjcfWalker(file, **asdict(parts))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    found = checklist(walker)
    if as_json:
        echo_json(found)
        return
    for key in ("mass (kg)", "root height (m)", "root body", "camera", "integrator", "eulerdamp"):
        click.echo(f"  {key:16} {found[key] if found[key] is not None else '-'}")
    for key in ("end effectors", "feet", "keyframes"):
        click.echo(f"  {key:16} {', '.join(found[key]) or '-'}")
    for row in found["joints"]:
        low, high = row["range"] or (float("-inf"), float("inf"))
        click.echo(f"  joint            {row['name']}, {low:.4g} to {high:.4g}")
    for row in found["actuators"]:
        click.echo(f"  actuator         {row['name']}, {row['low']:g} to {row['high']:g}")
    _echo_left_out(walker.left_out)


def _echo_row(row: dict[str, Any]) -> None:
    click.echo(
        f"{row['name']:16} {row['dofs (nv)']:>3} dofs  {row['actuators (nu)']:>3} actuators  "
        f"{row['mass (kg)']:>8.3f} kg  preset {row['preset'] or '-'}"
    )


def _echo_left_out(left_out: Any) -> None:
    """What a file has and its walker has not, a line each."""
    for left in left_out:
        click.echo(f"  left out or changed: {left}")
