"""Walkers by name: ours, those in the files that VNL_WALKERS names, and kept imports.

An environment variable, because every process inherits it: trainings, the rollout worker
and whatever they start know the walkers of the shell that the dashboard was started from.
"""

import functools
import importlib.util
import os
from pathlib import Path
from typing import Any

from dm_control import composer, mjcf
from dm_control.locomotion.walkers.legacy_base import Walker as DmWalker

from vnl_core.scene.walkers import ant, ball, cmu_humanoid, kept, rodent
from vnl_core.scene.walkers.walker import Walker

VARIABLE = "VNL_WALKERS"

_OURS = (ant.ANT, rodent.RODENT, cmu_humanoid.CMU_HUMANOID, ball.JUMPING_BALL, ball.ROLLING_BALL)


def known_walkers() -> dict[str, Walker]:
    """Every walker by its name, ours first."""
    return {**{walker.name: walker for walker in _OURS}, **_theirs()[0]}


def refused_files() -> list[str]:
    """Why files of VNL_WALKERS, or kept ones, gave no walker, one sentence or two a file."""
    return list(_theirs()[1])


def find_walker(name: str) -> Walker:
    """The walker called `name`.

    Raises:
      ValueError: there is none; the message lists those there are.
    """
    known = known_walkers()
    if found := known.get(name) or kept.staged(name):
        return found
    raise ValueError(
        " ".join(
            [
                f"walker: there is no walker {name!r}. Use one of {', '.join(known)}, "
                f"or name the file that has it in {VARIABLE} (docs/walkers.md).",
                *refused_files(),
            ]
        )
    )


def make_walker(name: str) -> DmWalker:
    """A fresh walker, named "walker", not yet attached to an arena.

    Raises:
      ValueError: there is no such walker.
    """
    return find_walker(name).make()


def facts(walker: Walker) -> dict[str, Any]:
    """The walker in numbers and names that go into JSON: its size, mass and default preset."""
    entity, nowhere = walker.make(), composer.Arena()
    entity.create_root_joints(nowhere.attach(entity))
    model = mjcf.Physics.from_mjcf_model(nowhere.mjcf_model).model
    return {
        "name": walker.name,
        "title": walker.title,
        "dofs (nv)": model.nv,
        "actuators (nu)": model.nactuator,
        "mass (kg)": round(float(model.body_subtreemass[0]), 4),
        "healthy height (m)": list(walker.healthy_height),
        "preset": walker.defaults.preset,
    }


def broken_walkers() -> dict[str, str]:
    """Why walkers that are known by name cannot be made, by that name."""
    sources = _sources()
    reasons = {name: _fault(sources, name) for name in _load(sources)[0]}
    return {name: reason for name, reason in reasons.items() if reason}


@functools.cache
def _fault(sources: "Sources", name: str) -> str | None:
    """Why the walker `name` of those in `sources` cannot be made, if it cannot."""
    try:
        _load(sources)[0][name].make()
    except Exception as error:  # a lab's file may fail in any way; the others still serve
        return in_a_line(error)
    return None


def in_a_line(error: Exception) -> str:
    """What went wrong, in one line; the kind of error only where the message is not ours."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"


# VNL_WALKERS, and the records of kept walkers with the times of their last change.
Sources = tuple[str, tuple[tuple[Path, int], ...]]


def _sources() -> Sources:
    records = tuple((path, path.stat().st_mtime_ns) for path in kept.records())
    return os.environ.get(VARIABLE, ""), records


def _theirs() -> tuple[dict[str, Walker], list[str]]:
    return _load(_sources())


@functools.cache
def _load(sources: Sources) -> tuple[dict[str, Walker], list[str]]:
    """The walkers of the files and folders in `sources`, and why any were refused."""
    found: dict[str, Walker] = {}
    refused = []
    taken = {walker.name for walker in _OURS}
    value, records = sources
    files = [(VARIABLE, path, _read) for path in _files(value)]
    files += [("Kept walkers", path, kept.read) for path, _ in records]
    for origin, path, read in files:
        try:
            walker = read(path)
            if walker.name in taken | found.keys():
                raise ValueError(f"there is a walker {walker.name!r} already")
            found[walker.name] = walker
        except Exception as error:  # a lab's file may fail in any way; the others still serve
            refused.append(f"{origin}: {path} gives no walker ({type(error).__name__}: {error}).")
    return found, refused


def _files(value: str) -> list[Path]:
    """The Python files that `value` names, folders opened; separated as PATH is."""
    paths = [Path(part).expanduser() for part in value.split(os.pathsep) if part]
    return [f for p in paths for f in (sorted(p.glob("*.py")) if p.is_dir() else [p])]


def _read(path: Path) -> Walker:
    spec = importlib.util.spec_from_file_location(f"vnl_walker_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ValueError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    walker = getattr(module, "WALKER", None)
    if not isinstance(walker, Walker):
        raise ValueError("it defines no WALKER = Walker(...)")
    if walker.defaults.scene.walker != walker.name:
        raise ValueError(
            f"its defaults are a scene with the walker {walker.defaults.scene.walker!r}; "
            f"set walker={walker.name!r} in its SceneConfig"
        )
    return walker
