"""The verb that lists what a config can choose by name: terms and arenas."""

from typing import Any

import click

from vnl_core.cli.shared import echo_json
from vnl_core.config import ARENAS, extensions
from vnl_core.config.task import REGISTRIES


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def terms(as_json: bool) -> None:
    """List arenas, observations, rewards, terminations and metrics, $VNL_EXTENSIONS's too."""
    registries = {"arenas": ARENAS, **REGISTRIES}
    found = {
        group: {name: _facts(registry.find(name)) for name in registry}
        for group, registry in registries.items()
    }
    for reason in extensions.refused():
        click.echo(reason, err=True)
    if as_json:
        echo_json(found)
        return
    for group, rows in found.items():
        click.echo(f"{group}:" if rows else f"{group}: none")
        for name, facts in rows.items():
            unit = "" if facts["unit"] == "-" else f" [{facts['unit']}]"
            click.echo(f"  {name:18} {facts['what']}{unit}")
            for field, text in facts["fields"].items():
                click.echo(f"    {field:16} {text}")


def _facts(cls: Any) -> dict[str, Any]:
    source = extensions.source(cls)
    return {
        "what": cls.explained(),
        "unit": getattr(cls, "unit", "-"),
        "fields": {
            name: info.description
            for name, info in cls.model_fields.items()
            if name not in ("kind", "weight")
        },
        "source": str(source.path) if source else "vnl_core",
    }
