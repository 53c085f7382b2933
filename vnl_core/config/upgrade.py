"""Configs of earlier versions, read as today's.

Version 1 had all fields of a scene and of a task side by side, whatever arena or term they were
for. Its names are still taken, wherever a config is read: in the files of runs, walkers and
trajectories, in links, in `--set` and in Python.
"""

from typing import Any

VERSION = 2

# A scene's fields of version 1 by the kind of arena that has them now, under the same name.
_ARENA = {
    "gaps": ("platform_length", "gap_length", "platform_height", "aesthetic"),
    "walls": ("wall_gap", "wall_width", "wall_height", "wall_swap_side"),
}
# A task's fields of version 1: the group, term and parameter that each is now.
_TERMS = {
    "scan_behind": ("observations", "height_scan", "behind"),
    "scan_ahead": ("observations", "height_scan", "ahead"),
    "scan_resolution": ("observations", "height_scan", "resolution"),
    "edge_count": ("observations", "gap_edges", "count"),
    "edge_range": ("observations", "gap_edges", "range"),
    "edge_resolution": ("observations", "gap_edges", "resolution"),
    "fall_height": ("terminations", "fall", "height"),
    "target_speed": ("rewards", "target_speed", "speed"),
}


# The terms of a task that names none, with their defaults; the same in both versions.
DEFAULT_TERMS: dict[str, Any] = {
    "observations": ("qpos", "qvel", "lateral_position", "height_scan"),
    "rewards": {"forward": 1.0, "alive": 0.5, "control_cost": 0.05, "gap_crossed": 1.0},
    "terminations": ("fall", "unhealthy", "finished"),
    "metrics": (),
}


def upgrade_scene(data: dict[str, Any]) -> dict[str, Any]:
    """A scene's fields with those of version 1 where they are now.

    A field of another arena than the one chosen had no effect, and goes; where the scene is in
    today's shape it stays, to be refused.
    """
    old = [name for names in _ARENA.values() for name in names if name in data]
    if not old:
        return data
    data = dict(data)
    arena = data.get("arena", "gaps")
    todays = not isinstance(arena, str)
    fields = _fields(arena) if todays else {"kind": arena}
    for name in old:
        if name in _ARENA.get(fields.get("kind", ""), ()):
            fields[name] = data.pop(name)
        elif not todays:
            del data[name]
    return {**data, "arena": fields}


def upgrade(run: dict[str, Any]) -> dict[str, Any]:
    """A run's fields, with those of its scene and task where they are now."""
    parts = {"scene": upgrade_scene, "task": upgrade_task}
    changed = {
        name: change(run[name]) for name, change in parts.items() if isinstance(run.get(name), dict)
    }
    return {**run, **changed}


def upgrade_task(data: dict[str, Any]) -> dict[str, Any]:
    """A task's fields with those of version 1 in the terms that they belong to."""
    old = [name for name in _TERMS if name in data]
    if not old:
        return data
    data = dict(data)
    todays = {group: _todays(data.get(group)) for group in DEFAULT_TERMS}
    for name in old:
        group, term, parameter = _TERMS[name]
        terms = _terms(data.get(group, DEFAULT_TERMS[group]))
        if term in terms:
            given = terms[term]
            fields = {"weight": given} if _number(given) else _fields(given)
            data[group] = {**terms, term: {**fields, parameter: data.pop(name)}}
        elif not todays[group]:
            del data[name]
    return data


def _todays(terms: Any) -> bool:
    """Whether `terms`, if given at all, are in the shape of today: not names or weights alone."""
    # An empty dict may be of either version.
    return isinstance(terms, dict) and bool(terms) and not any(map(_number, terms.values()))


def _number(value: Any) -> bool:
    return isinstance(value, int | float | str)


def _terms(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else dict.fromkeys(value)


def _fields(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    return dict(value) if isinstance(value, dict) else value.model_dump()
