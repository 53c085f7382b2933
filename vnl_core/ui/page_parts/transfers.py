"""Corridors to try a trained policy in, each one click away."""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from vnl_core.config import Gaps, SceneConfig

WIDER = 1.5
LONGER = 2.0


def _another_terrain(scene: SceneConfig) -> SceneConfig:
    return scene.changed(terrain_seed=(scene.terrain_seed + 1) % 2**31)


def _wider_gaps(scene: SceneConfig) -> SceneConfig | None:
    arena = scene.arena
    if not isinstance(arena, Gaps):
        return None
    wider = _scaled(arena.model_dump()["gap_length"])
    return scene.changed(arena=arena.changed(gap_length=wider))


def _scaled(length: Any) -> Any:
    """Every number of a gap length: of a fixed one, or of a rule."""
    if isinstance(length, dict):
        return {name: _scaled(value) for name, value in length.items()}
    if isinstance(length, list | tuple):
        return [_scaled(value) for value in length]
    return round(WIDER * length, 6)


def _longer(scene: SceneConfig) -> SceneConfig:
    return scene.changed(corridor_length=LONGER * scene.corridor_length)


_TRANSFERS: dict[str, tuple[Callable[[SceneConfig], SceneConfig | None], str]] = {
    "Another terrain": (_another_terrain, "The next terrain seed: gaps it has not seen."),
    "Wider gaps": (_wider_gaps, f"Every gap {WIDER:g} times as long."),
    "Longer corridor": (_longer, f"A corridor {LONGER:g} times as long."),
}


def transfers(scene: SceneConfig) -> dict[str, tuple[SceneConfig, str]]:
    """Corridors by title, each with what it is; those that cannot be built are left out."""
    found = {}
    for title, (change, text) in _TRANSFERS.items():
        try:
            changed = change(scene)
        except ValidationError:  # beyond what a corridor can be
            continue
        if changed is not None:
            found[title] = (changed, text)
    return found
