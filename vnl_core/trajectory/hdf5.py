"""A trajectory's HDF5 file: one dataset an array, units and columns in its attributes."""

import os
import re
from pathlib import Path
from typing import Any

import h5py
from pydantic import ValidationError

from vnl_core.aside import replace_file
from vnl_core.config import SceneConfig, TaskConfig, problems
from vnl_core.plain_files import NotTrusted, plain_file
from vnl_core.trajectory.hdf5_trust import check
from vnl_core.trajectory.schema import FORMAT, GROUPS, QUANTITIES, Axis
from vnl_core.trajectory.terms import term

_CHECKPOINT = re.compile(r"[^/]+/\d{1,18}")
_FACTS = {
    "engine": str,
    "policy": str,
    "checkpoint": str,
    "seed": int,
    "control_timestep": float,
    "ended": str,
}


def write(fields: dict[str, Any], path: Path | str) -> None:
    """Writes a Trajectory's fields to `path`, aside at first.

    Raises:
      ValueError: a reward or metric has no unit.
    """

    def to(aside: Path) -> None:
        with h5py.File(aside, "w") as file:
            file.attrs["format"] = FORMAT
            for name in ("scene", "task"):
                file.attrs[name] = fields[name].to_json()
            for name in _FACTS:
                file.attrs[name] = fields[name]
            for quantity in QUANTITIES:
                data = file.create_dataset(quantity.name, data=fields[quantity.name])
                data.attrs["unit"] = quantity.unit
                data.attrs["description"] = quantity.text
                if axis := fields["axes"].get(quantity.name):
                    data.attrs["columns"], data.attrs["units"] = axis
            for group in GROUPS:
                for name, values in fields[group].items():
                    data = file.create_dataset(f"{group}/{name}", data=values)
                    data.attrs["unit"], data.attrs["description"] = term(group, name)

    replace_file(Path(path), to)


def read(path: Path | str) -> dict[str, Any]:
    """The fields that `write` wrote.

    Raises:
      ValueError: the file is damaged, or of another format or version.
      OSError: it is not there, or may not be read.
      NotTrusted: it is a link, or refers to other files, or to more than it holds.
    """
    try:
        with (
            plain_file(Path(path)) as plain,
            # By its descriptor: it is the file that was looked at.
            h5py.File(f"/proc/self/fd/{plain.fileno()}", "r") as file,
        ):
            check(file, os.fstat(plain.fileno()).st_size)
            return _fields(file, path)
    except (FileNotFoundError, PermissionError, _OtherVersion):
        raise
    except NotTrusted as error:
        raise NotTrusted(f"{path} is not trusted: {error}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{path} is damaged ({reason}). Delete it, and make it anew.") from error


class _OtherVersion(ValueError):
    """A sound file that this version of the program does not read."""


def _fields(file: h5py.File, path: Path | str) -> dict[str, Any]:
    found = file.attrs.get("format", "unknown")
    if found != FORMAT:
        raise _OtherVersion(
            f"{path} is a trajectory of format {found}, and this version reads "
            f"format {FORMAT}. Roll it out again."
        )
    try:
        configs = {
            "scene": SceneConfig.model_validate_json(file.attrs["scene"]),
            "task": TaskConfig.model_validate_json(file.attrs["task"]),
        }
    except ValidationError as error:
        raise _OtherVersion(
            f"{path} was made by another version ({problems(error)[0]}). Roll it out again."
        ) from error
    # Lists: h5py holds its lock, the process's only one, as long as its iterators live, and after
    # an error they live as long as the traceback.
    axes = {
        name: Axis(*(tuple(map(str, data.attrs[key])) for key in ("columns", "units")))
        for name, data in list(file.items())
        if "columns" in data.attrs
    }
    fields = {
        **configs,
        "axes": axes,
        **{name: kind(file.attrs[name]) for name, kind in _FACTS.items()},
        **{quantity.name: file[quantity.name][()] for quantity in QUANTITIES},
        **{
            group: {name: data[()] for name, data in list(file.get(group, {}).items())}
            for group in GROUPS
        },
    }
    _check_shapes(fields)
    return fields


def _check_shapes(fields: dict[str, Any]) -> None:
    """Holds arrays and names to the schema, on which all who read them rely.

    Raises:
      ValueError: one is of another shape or type.
    """
    steps = len(fields["ctrl"])
    for quantity in QUANTITIES:
        columns = quantity.columns.split(", ") if quantity.columns else []
        shape, rows = fields[quantity.name].shape, steps + (quantity.per == "state")
        fixed = [
            int(c) if c.isdecimal() else found for c, found in zip(columns, shape[1:], strict=False)
        ]
        if shape != (rows, *fixed) or len(fixed) != len(columns):
            raise ValueError(f"{quantity.name} has the shape {shape}")
        if fields[quantity.name].dtype.kind not in "biuf":
            raise ValueError(f"{quantity.name} holds no numbers")
    for group in GROUPS:
        for name, values in fields[group].items():
            if values.shape != (steps,) or values.dtype.kind not in "biuf":
                raise ValueError(f"{group}/{name[:80]} has the shape {values.shape}")
    if fields["checkpoint"] and not _CHECKPOINT.fullmatch(fields["checkpoint"]):
        raise ValueError("its checkpoint is not RUN/STEP")
