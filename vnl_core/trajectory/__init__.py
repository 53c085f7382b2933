"""One episode as plain arrays: what follows from its states, and the files it is kept in."""

from vnl_core.trajectory.table import to_table, write_csv, write_parquet
from vnl_core.trajectory.trajectory import Trajectory

__all__ = ["Trajectory", "to_table", "write_csv", "write_parquet"]
