"""The lines of Python that load a rollout's files, as docs and pages show them."""

SNIPPET = """\
import h5py
import pandas as pd
from pyarrow import parquet

table = pd.read_parquet("traces.parquet")  # or pd.read_csv("traces.csv")
units = {f.name: f.metadata[b"unit"].decode() for f in parquet.read_schema("traces.parquet")}

with h5py.File("trajectory.h5") as file:
    qpos, joints = file["qpos"][()], list(file["qpos"].attrs["columns"])
"""
