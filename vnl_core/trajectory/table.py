"""A trajectory as one table, for Parquet and CSV: a row a state, a column a number.

The columns are the arrays of the HDF5 file, NAME/COLUMN where there is a second axis. What
belongs to a control step stands in the row of the state it led to; in the first row it is
empty.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from vnl_core.trajectory.schema import FORMAT, GROUPS, QUANTITIES, Axis
from vnl_core.trajectory.terms import term
from vnl_core.trajectory.trajectory import Trajectory

_XYZ = ("x", "y", "z")


def to_table(trajectory: Trajectory) -> pa.Table:
    """The trajectory's table; each field's metadata holds its unit and description."""
    fields, columns = [], []

    def add(name: str, unit: str, text: str, values: np.ndarray) -> None:
        missing = len(trajectory.time) - len(values)
        if missing:
            values = np.concatenate([np.full(missing, np.nan), values])
        column = pa.array(values, from_pandas=True)  # so NaN is an empty cell
        fields.append(pa.field(name, column.type, metadata={"unit": unit, "description": text}))
        columns.append(column)

    for quantity in QUANTITIES:
        values = getattr(trajectory, quantity.name)
        axis = trajectory.axes.get(quantity.name)
        if axis is None:
            add(quantity.name, quantity.unit, quantity.text, values)
            continue
        if values.ndim == 3:  # end effectors: (T + 1, n, 3)
            axis = Axis(
                tuple(f"{name}/{part}" for name in axis.names for part in _XYZ),
                tuple(unit for unit in axis.units for _ in _XYZ),
            )
            values = values.reshape(len(values), -1)
        for name, unit, column in zip(*axis, values.T, strict=True):
            add(f"{quantity.name}/{name}", unit, quantity.text, column)
    for group in GROUPS:
        for name, values in getattr(trajectory, group).items():
            add(f"{group}/{name}", *term(group, name), values)
    about = {
        "format": FORMAT,
        "engine": trajectory.engine,
        "policy": trajectory.policy,
        "checkpoint": trajectory.checkpoint,
        "seed": trajectory.seed,
        "control_timestep": trajectory.control_timestep,
        "ended": trajectory.ended,
        "scene": trajectory.scene.to_json(),
        "task": trajectory.task.to_json(),
    }
    schema = pa.schema(fields, {key: str(value) for key, value in about.items()})
    return pa.Table.from_arrays(columns, schema=schema)


def write_parquet(trajectory: Trajectory, path: Path) -> None:
    """Writes the table with its units."""
    parquet.write_table(to_table(trajectory), path)


def write_csv(trajectory: Trajectory, path: Path) -> None:
    """Writes the table as text; docs/trajectory.md has its units."""
    csv.write_csv(to_table(trajectory), path)
