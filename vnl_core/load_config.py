"""Configs by name: a preset or a JSON file, with single fields set by path."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vnl_core.config import RunConfig, SceneConfig, problems
from vnl_core.config.task import REGISTRIES
from vnl_core.config.upgrade import upgrade, upgrade_scene
from vnl_core.plain_files import LIMIT
from vnl_core.presets import PRESETS


class SourceError(ValueError):
    """A config that cannot be had; the message names the field and the remedy."""


def load_run(source: str, settings: tuple[str, ...] = ()) -> RunConfig:
    """The RunConfig of a preset or file, with `settings` such as "scene.gap_length=0.3" applied.

    Args:
      source: name of a preset, or path of a JSON file holding a RunConfig or a SceneConfig.
      settings: field paths and values; a value is JSON, or else taken as text.

    Raises:
      SourceError: no such preset or file, or a value that is refused.
    """
    raw = _read(source)
    for setting in settings:
        _apply(raw, setting)
    try:
        return RunConfig.model_validate(raw)
    except ValidationError as error:
        raise SourceError("\n".join(str(p) for p in problems(error))) from error


def _read(source: str) -> dict[str, Any]:
    if source in PRESETS:
        return PRESETS[source].run.model_dump()
    path = Path(source)
    if not path.is_file():
        raise SourceError(
            f"There is no preset and no file {source!r}. "
            f"Use one of {', '.join(PRESETS)}, or the path of a JSON file."
        )
    if (size := path.stat().st_size) > LIMIT:
        raise SourceError(f"{source} has {size:,} bytes; a config has some thousand.")
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{source} is not JSON: {error}.") from error
    if not isinstance(raw, dict):
        raise SourceError(f"{source} holds no config: a JSON object was expected.")
    raw = upgrade(raw)
    # An exported scene alone: the rest of a run is taken from the defaults.
    if raw and set(upgrade_scene(raw)) <= set(SceneConfig.model_fields):
        return {**RunConfig().model_dump(), "scene": raw}
    return raw


def _apply(raw: dict[str, Any], setting: str) -> None:
    path, equals, text = setting.partition("=")
    if not equals:
        raise SourceError(f"{setting!r} sets nothing. Write field.path=value.")
    try:
        value = json.loads(text)
    except ValueError:
        value = text
    *parents, name = path.split(".")
    place: Any = raw
    for depth, parent in enumerate(parents):
        if not isinstance(place, dict):
            break
        inner = _opened(parents[: depth + 1], place.get(parent))
        if inner is not None:
            place[parent] = inner
        place = inner
    if not isinstance(place, dict):
        raise SourceError(f"{path}: there is no such field. See `vnl presets NAME --json`.")
    place[name] = value


def _opened(path: list[str], value: Any) -> Any:
    """What a config may say in short, as the object that it stands for; else `value`."""
    match path:
        case ["scene", "arena"] if isinstance(value, str):
            return {"kind": value}
        case ["task", group] if group in REGISTRIES and isinstance(value, list | tuple):
            return {str(term): {} for term in value}
        case ["task", group, _] if group in REGISTRIES:
            return {"weight": value} if isinstance(value, int | float) else value or {}
    return value
