"""Options of the shell made from a config's fields: type, choices, default and help lie there."""

from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from vnl_core.config import Config

Command = Callable[..., Any]


def options(model: type[Config], **names: str) -> Callable[[Command], Command]:
    """An option for each of the model's fields `names`, in this order.

    Args:
      model: the config that they belong to. Bounds are checked where it is made, in its words.
      **names: the option for each field, "--seconds" say; "" for the field's own name.
    """

    def decorate(command: Command) -> Command:
        for name, option in reversed(names.items()):
            command = _option(model.model_fields[name], name, option)(command)
        return command

    return decorate


def _option(info: FieldInfo, name: str, option: str) -> Callable[[Command], Command]:
    option = option or f"--{name.replace('_', '-')}"
    kind = info.annotation
    default = info.get_default(call_default_factory=True)
    given: dict[str, Any] = {"default": default, "show_default": default not in (None, "", ())}
    if kind is bool:
        given["is_flag"] = True
    elif get_origin(kind) is Literal:
        given["type"] = click.Choice(list(get_args(kind)))
    else:
        kinds = [part for part in (get_args(kind) or (kind,)) if part is not type(None)]
        given["type"] = next((t for t in (str, float, int) if t in kinds), str)
    text = (info.description or "").replace("[-]", "").strip()
    return click.option(option, name, help=text, **given)
