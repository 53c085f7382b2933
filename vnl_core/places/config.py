"""Places by name, from places.toml in the user's config folder; never part of a run's config."""

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from vnl_core.config import Config, problems
from vnl_core.config.base import field


class PlaceConfig(Config):
    """A Slurm cluster, or one of its partitions, and what a run asks of it."""

    kind: Literal["slurm"] = field("slurm", "-", "The scheduler.")
    partition: str = field("", "-", "Partition; the cluster's own default when empty.")
    account: str = field("", "-", "Account that is charged; the user's own default when empty.")
    gpus: int = field(0, "-", "GPUs of a run.", ge=0, le=16)
    cpus: int = field(4, "-", "CPU cores of a run.", ge=1, le=512)
    memory_gb: float = field(16.0, "GB", "Memory of a run.", gt=0, le=4096)
    minutes: int = field(240, "min", "Time limit, after which a run goes on anew.", ge=1, le=43200)
    signal_seconds: int = field(
        120, "s", "Notice before the time limit or a preemption, in which to save.", ge=10, le=3600
    )
    setup: str = field("", "-", "Shell lines before a run, such as `module load cuda`.")
    extra: tuple[str, ...] = field((), "-", "Further options of sbatch, such as --qos=long.")


def places_file() -> Path:
    """places.toml in $VNL_CONFIG_DIR, or else in vnl of $XDG_CONFIG_HOME or of ~/.config."""
    if own := os.environ.get("VNL_CONFIG_DIR"):
        return Path(own).expanduser() / "places.toml"
    shared = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    return (shared if shared.is_absolute() else Path.home() / ".config") / "vnl" / "places.toml"


def places() -> dict[str, PlaceConfig]:
    """The user's places by name; none where there is no file.

    Raises:
      ValueError: the file is no TOML, or one of its places is wrong; the message says which.
      OSError: it cannot be read.
    """
    path = places_file()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ValueError(f"{path}: {error}.") from error
    found = {}
    for name, table in tables.items():
        try:
            found[name] = PlaceConfig.model_validate(table)
        except ValidationError as error:
            raise ValueError(f"{path}: [{name}]: {problems(error)[0]}") from error
    return found


def find_place(name: str) -> PlaceConfig:
    """The place `name`.

    Raises:
      ValueError: there is none, or the file is wrong; the message says what to do.
      OSError: the file cannot be read.
    """
    known = places()
    if name not in known:
        have = f"It has {', '.join(known)}." if known else "There is no place in it yet."
        raise ValueError(f"There is no place {name!r} in {places_file()}. {have}")
    return known[name]
