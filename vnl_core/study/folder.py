"""A study's folder: plain files that say what was done and what came of it.

It lies in studies/ of the runs directory, and needs neither its runs nor this machine to be read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import h5py
import pandas as pd

from vnl_core.aside import make_folder, replace_file
from vnl_core.config import StudyConfig
from vnl_core.plain_files import read_plain
from vnl_core.runs import checksums
from vnl_core.runs.files import new_folder, write_whole
from vnl_core.runs.job_folder import JobFolder
from vnl_core.study.encounters import encounter_rows
from vnl_core.study.episodes import episode_row
from vnl_core.study.recording import Recording
from vnl_core.study.schema import TABLES, table
from vnl_core.study.strides import stride_rows

_ARRAYS = "arrays.h5"
# In the file's group "physics"; the others are of control steps.
_PHYSICS = (
    "centre_of_mass",
    "foot_position",
    "foot_contact",
    "foot_force",
    "contact_position",
    "power",
)
_CONTROL = (
    "time",
    "qpos",
    "qvel",
    "root_position",
    "gap_distance",
    "gap_phase",
    "observation",
    "action_mean",
    "action",
    "reward",
    "value",
)


@dataclass(frozen=True)
class StudyDir(JobFolder):
    """The folder of one study. Holds a path, no open files."""

    @classmethod
    def create(cls, runs_dir: Path, config: StudyConfig) -> Self:
        """A new folder in studies/ of `runs_dir`, with the config in it.

        Raises:
          OSError: `runs_dir` cannot be written.
        """
        study = cls(new_folder(runs_dir / "studies", config.name))
        (study.path / "parts").mkdir()
        write_whole(study.config_path, config.to_json())
        return study

    @property
    def config_path(self) -> Path:
        """The StudyConfig."""
        return self.path / "config.json"

    def config(self) -> StudyConfig:
        """The study's config.

        Raises:
          OSError: config.json cannot be read.
          pydantic.ValidationError: it is no StudyConfig.
        """
        return StudyConfig.model_validate_json(read_plain(self.config_path))

    def part_path(self, subject: int, condition: int, first: int) -> Path:
        """Where the batch of episodes from `first` on is kept until the study is whole."""
        return self.path / "parts" / f"{subject:03d}-{condition:03d}-{first:05d}"

    def table(self, name: str) -> pd.DataFrame:
        """The table `name` of a finished study: episodes, encounters or strides.

        Raises:
          OSError: it is not there, or cannot be read.
        """
        return pd.read_parquet(self.path / f"{name}.parquet")

    def join(self) -> None:
        """Puts the parts' tables together, and writes the checksums of the whole.

        Raises:
          OSError: the disk is full or read-only.
        """
        # Hidden is what a killed process left half-made.
        parts = sorted(p for p in (self.path / "parts").iterdir() if not p.name.startswith("."))
        for name in TABLES:
            whole = pd.concat([pd.read_parquet(p / f"{name}.parquet") for p in parts])
            replace_file(self.path / f"{name}.parquet", whole.reset_index(drop=True).to_parquet)
        checksums.write(self.path, but=["status.json", "cancel", checksums.NAME])


def write_part(path: Path, recordings: list[Recording], arrays: int) -> None:
    """The tables of `recordings` and the arrays of those whose number is below `arrays`.

    Written aside and renamed, so that a part is whole or absent.

    Raises:
      OSError: the disk is full or read-only.
    """
    rows = {
        "episodes": [episode_row(r, r.episode < arrays) for r in recordings],
        "encounters": [row for r in recordings for row in encounter_rows(r)],
        "strides": [row for r in recordings for row in stride_rows(r)],
    }

    def fill(folder: Path) -> None:
        for name, found in rows.items():
            table(name, found).to_parquet(folder / f"{name}.parquet", index=False)
        kept = [r for r in recordings if r.episode < arrays]
        if kept:
            with h5py.File(folder / _ARRAYS, "w") as file:
                for recording in kept:
                    _write(file.create_group(f"{recording.episode:05d}"), recording)

    make_folder(path, fill)


def _write(group: h5py.Group, recording: Recording) -> None:
    group.attrs["feet"] = list(recording.feet)
    group.attrs["actuators"] = list(recording.actuators)
    group.attrs["observation_terms"] = list(recording.observation_terms)
    group.attrs["observation_sizes"] = list(recording.observation_terms.values())
    group.attrs["gaps"] = [(gap.start, gap.end) for gap in recording.layout.gaps]
    arrays = {name: getattr(recording, name) for name in _CONTROL}
    arrays |= {f"physics/{name}": getattr(recording, name) for name in _PHYSICS}
    arrays["physics/time"] = recording.physics_time
    for name, values in {**arrays, **recording.activations}.items():
        # The value's own array has the name of its network's group.
        name = "values" if name == "value" else name
        group.create_dataset(name, data=values, compression="gzip", compression_opts=4)
