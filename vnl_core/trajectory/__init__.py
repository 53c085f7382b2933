"""One episode as plain arrays: what follows from its states, and the files it is kept in."""

from vnl_core.trajectory.episode import Trajectory
from vnl_core.trajectory.table import to_table, write_csv, write_parquet

__all__ = ["Trajectory", "to_table", "write_csv", "write_parquet"]
