"""Configs by name: a preset or a JSON file, with single fields set by path."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vnl_core.config import RunConfig, SceneConfig, problems
from vnl_core.config.upgrade import upgrade_scene
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
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{source} is not JSON: {error}.") from error
    if not isinstance(raw, dict):
        raise SourceError(f"{source} holds no config: a JSON object was expected.")
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
    for parent in parents:
        place = place.get(parent) if isinstance(place, dict) else None
        if place is None:
            break
    if not isinstance(place, dict):
        raise SourceError(f"{path}: there is no such field. See `vnl presets NAME --json`.")
    place[name] = value
