"""A lab's own terms and arenas: from the Python files in VNL_EXTENSIONS, or installed packages.

An environment variable, because every process inherits it: trainings, the rollout worker and
whatever they start know the terms of the shell that the dashboard was started from. A package
names its module in the entry point group "vnl.extensions".
"""

import contextlib
import functools
import inspect
import os
import sys
import threading
import zlib
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from vnl_core.config import registry

VARIABLE = "VNL_EXTENSIONS"
GROUP = "vnl.extensions"


def refused() -> list[str]:
    """Why files or packages could not be imported, a sentence each.

    Imports them first, once for each value of the variable; a broken one never hides the others.
    """
    return list(_load(os.environ.get(VARIABLE, "")))


def forget() -> None:
    """Imports the files again at the next need, as a new process would."""
    _imported.cache_clear()
    _import.cache_clear()


class Source(NamedTuple):
    """What a lab's own class was made from."""

    path: Path
    text: bytes
    """The file's content when it was imported; it may have changed since."""


def source(cls: type) -> Source | None:
    """The file that defines `cls`, where it is a lab's own; None for one of ours."""
    if cls.__module__.split(".")[0] == __name__.split(".")[0]:
        return None
    if found := _sources.get(cls.__module__):
        return found
    path = Path(inspect.getfile(cls))  # of an installed package
    return _sources.setdefault(cls.__module__, Source(path, path.read_bytes()))


_sources: dict[str, Source] = {}
_lock = threading.Lock()
_thread = threading.local()


def _load(value: str) -> tuple[str, ...]:
    # A file that asks for the known names while it is imported must not import itself again.
    if getattr(_thread, "loads", False):
        return ()
    with _lock:
        _thread.loads = True
        try:
            return _imported(value)
        finally:
            _thread.loads = False


@functools.cache
def _imported(value: str) -> tuple[str, ...]:
    problems = []
    for path in _files(value):
        try:
            _import(path)
        except Exception as error:  # a lab's file may fail in any way
            problems.append(f"{VARIABLE}: {path} was left out ({type(error).__name__}: {error}).")
    for entry in _entry_points():
        try:
            entry.load()
        except Exception as error:  # as above
            problems.append(f"{entry.value} was left out ({type(error).__name__}: {error}).")
    return tuple(problems)


@functools.cache
def _entry_points():
    return tuple(entry_points(group=GROUP))


def _files(value: str) -> list[Path]:
    """The Python files that `value` names, folders opened; separated as PATH is."""
    paths = [Path(part).expanduser().resolve() for part in value.split(os.pathsep) if part]
    return [f for p in paths for f in (sorted(p.glob("*.py")) if p.is_dir() else [p])]


@functools.cache
def _import(path: Path) -> ModuleType:
    """Imports a file; what it had registered before it failed is taken back."""
    name = f"vnl_extension_{path.stem}_{zlib.crc32(bytes(path)):08x}"
    text = path.read_bytes()
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module  # pydantic looks annotations up there
    _sources[name] = Source(path, text)
    try:
        exec(compile(text, path, "exec"), module.__dict__)
    except BaseException:
        registry.take_back(name)
        with contextlib.suppress(KeyError):
            del sys.modules[name]
        raise
    return module


registry.load_by(refused)
