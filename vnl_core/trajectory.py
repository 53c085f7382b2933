"""One episode as plain arrays, and the file it is kept in.

The file is HDF5 with one dataset an array, its unit in the attribute `unit`:

    /time (T+1,) s              /qpos (T+1, nq) m, rad    /qvel (T+1, nv) m/s, rad/s
    /root_position (T+1, 3) m   /ctrl (T, nu)             /reward (T,)
    /rewards/<term> (T,)        /metrics/<name> (T,)

T is the number of control steps; states are taken before the first and after every one.
The root's attributes hold the scene and task configs as JSON, the engine, the policy, the
seed, the control timestep in seconds, why the episode ended, and `format`, the version of
this layout.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from vnl_core.config import SceneConfig, TaskConfig

FORMAT = 1
_UNITS = {
    "time": "s",
    "qpos": "m or rad",
    "qvel": "m/s or rad/s",
    "root_position": "m",
    "ctrl": "actuator's own",
    "reward": "-",
}


@dataclass
class Trajectory:
    """An episode of T control steps.

    Attributes:
      time: (T+1,) seconds from the start.
      qpos: (T+1, nq) positions, in metres and radians.
      qvel: (T+1, nv) velocities.
      root_position: (T+1, 3) of the walker's root body, in metres.
      ctrl: (T, nu) controls, constant over a control step.
      reward: (T,) reward of each control step.
      rewards: each reward term's weighted share, (T,).
      metrics: each metric of the env, (T,).
      ended: why the episode ended: a termination term, "time", or "" if it was cut.
    """

    scene: SceneConfig
    task: TaskConfig
    engine: str
    policy: str
    seed: int
    control_timestep: float
    time: np.ndarray
    qpos: np.ndarray
    qvel: np.ndarray
    root_position: np.ndarray
    ctrl: np.ndarray
    reward: np.ndarray
    rewards: dict[str, np.ndarray] = field(default_factory=dict)
    metrics: dict[str, np.ndarray] = field(default_factory=dict)
    ended: str = ""

    @property
    def steps(self) -> int:
        """Control steps, T."""
        return len(self.ctrl)

    @property
    def duration(self) -> float:
        """Simulated seconds."""
        return float(self.time[-1])

    def summary(self) -> dict[str, float | str]:
        """What came of the episode, in a few numbers."""
        x = self.root_position[:, 0]
        gaps = self.metrics.get("gaps_crossed", np.zeros(1))
        return {
            "seconds": round(self.duration, 3),
            "total reward": round(float(self.reward.sum()), 3),
            "distance (m)": round(float(x[-1] - x[0]), 3),
            "furthest x (m)": round(float(x.max()), 3),
            "gaps crossed": int(round(float(gaps.sum()))),
            "ended by": self.ended or "the time asked for",
        }

    def traces(self) -> pd.DataFrame:
        """One row a control step, the state after it: for charts, Parquet and CSV."""
        x, y, z = self.root_position.T
        columns = {
            "time (s)": self.time[1:],
            "x (m)": x[1:],
            "y (m)": y[1:],
            "height (m)": z[1:],
            "forward speed (m/s)": np.diff(x) / self.control_timestep,
            "reward": self.reward,
            **{f"reward/{name}": values for name, values in self.rewards.items()},
            **{f"metric/{name}": values for name, values in self.metrics.items()},
        }
        return pd.DataFrame(columns)

    def save(self, path: Path | str) -> None:
        """Writes the HDF5 file; written aside and renamed, so that it is whole or absent."""
        path = Path(path)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with h5py.File(aside, "w") as file:
            file.attrs["format"] = FORMAT
            file.attrs["scene"] = self.scene.to_json()
            file.attrs["task"] = self.task.to_json()
            for name in ("engine", "policy", "seed", "control_timestep", "ended"):
                file.attrs[name] = getattr(self, name)
            for name, unit in _UNITS.items():
                file.create_dataset(name, data=getattr(self, name)).attrs["unit"] = unit
            for group in ("rewards", "metrics"):
                for name, values in getattr(self, group).items():
                    file.create_dataset(f"{group}/{name}", data=values)
        os.replace(aside, path)

    @classmethod
    def load(cls, path: Path | str) -> "Trajectory":
        """Reads a file that `save` wrote.

        Raises:
          ValueError: the file is of another format.
          OSError: it is not there, or not HDF5.
        """
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise ValueError(f"{path} is not a trajectory of format {FORMAT}.")
            attrs = {
                name: file.attrs[name]
                for name in ("engine", "policy", "seed", "control_timestep", "ended")
            }
            arrays: Any = {name: file[name][()] for name in _UNITS}
            groups: Any = {
                group: {name: data[()] for name, data in file.get(group, {}).items()}
                for group in ("rewards", "metrics")
            }
            return cls(
                scene=SceneConfig.model_validate_json(file.attrs["scene"]),
                task=TaskConfig.model_validate_json(file.attrs["task"]),
                engine=str(attrs["engine"]),
                policy=str(attrs["policy"]),
                seed=int(attrs["seed"]),
                control_timestep=float(attrs["control_timestep"]),
                ended=str(attrs["ended"]),
                **arrays,
                **groups,
            )
