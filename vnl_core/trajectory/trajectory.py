"""One episode as plain arrays."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import Scene
from vnl_core.trajectory import hdf5
from vnl_core.trajectory.observed import observe
from vnl_core.trajectory.schema import Axis

_ENDS = {
    "fall": "a fall",
    "unhealthy": "an unhealthy height",
    "finished": "the end of the corridor",
    "unstable": "an unstable simulation",
    "time": "the episode's time limit",
    "": "the duration asked for",
}


def _end(term: str) -> str:
    """An end in words; an unstable simulation's has the degree of freedom in brackets."""
    name, _, detail = term.partition(" (")
    return " (".join(filter(None, [_ENDS.get(name, name), detail]))


class Summary(NamedTuple):
    """What came of an episode."""

    seconds: float
    reward: float
    """The sum over its control steps."""
    distance: float
    """From the root's start to its end along x, in metres."""
    furthest: float
    """The root's largest x, in metres."""
    gaps_crossed: int
    ended_by: tuple[str, ...]
    """Why it ended, in words."""

    def labelled(self) -> dict[str, float | str]:
        """The same rounded, by names that people read."""
        return {
            "seconds": round(self.seconds, 3),
            "total reward": round(self.reward, 3),
            "distance (m)": round(self.distance, 3),
            "furthest x (m)": round(self.furthest, 3),
            "gaps crossed": self.gaps_crossed,
            "ended by": " and ".join(self.ended_by),
        }


@dataclass
class Trajectory:
    """An episode of T control steps; `schema` says what each array is.

    Attributes:
      engine: the physics engine that made it.
      policy: kind of the policy.
      checkpoint: RUN/STEP of a checkpoint policy, "" for any other.
      ended: why the episode ended: termination terms joined by " and ", "time", or "" if it
        was cut.
      rewards: each reward term's weighted share, (T,).
      metrics: each metric of the env, (T,).
      axes: names and units of the columns, by the array's name.
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
    end_effectors: np.ndarray
    contacts: np.ndarray
    foot_contact: np.ndarray
    gap: np.ndarray
    gap_distance: np.ndarray
    gap_phase: np.ndarray
    ctrl: np.ndarray
    reward: np.ndarray
    axes: dict[str, Axis]
    rewards: dict[str, np.ndarray] = field(default_factory=dict)
    metrics: dict[str, np.ndarray] = field(default_factory=dict)
    ended: str = ""
    checkpoint: str = ""

    @classmethod
    def record(
        cls, scene: Scene, *, qpos: np.ndarray, root_position: np.ndarray, **recorded: Any
    ) -> "Trajectory":
        """The episode that was recorded in `scene`, with all that follows from its states.

        Args:
          scene: the scene it was simulated in.
          qpos: (T + 1, nq).
          root_position: (T + 1, 3), in metres.
          **recorded: the other attributes, but those that `observe` gives.
        """
        seen = observe(scene, qpos, root_position)._asdict()
        return cls(scene=scene.config, qpos=qpos, root_position=root_position, **seen, **recorded)

    @property
    def steps(self) -> int:
        """Control steps, T."""
        return len(self.ctrl)

    @property
    def duration(self) -> float:
        """Simulated seconds."""
        return float(self.time[-1])

    @property
    def speed(self) -> np.ndarray:
        """Forward speed of the root in each control step, (T,), in m/s."""
        return np.diff(self.root_position[:, 0]) / self.control_timestep

    @property
    def who(self) -> str:
        """What moved the walker, for a title: the run and step of a checkpoint, or the policy."""
        if not self.checkpoint:
            return f"{self.policy} policy"
        run, step = self.checkpoint.rsplit("/", 1)
        return f"{run} at step {int(step):,}"

    def summary(self) -> Summary:
        """What came of the episode, in a few numbers."""
        x = self.root_position[:, 0]
        gaps = self.metrics.get("gaps_crossed", np.zeros(1))
        return Summary(
            seconds=self.duration,
            reward=float(self.reward.sum()),
            distance=float(x[-1] - x[0]),
            furthest=float(x.max()),
            gaps_crossed=round(float(gaps.sum())),
            ended_by=tuple(_end(end) for end in self.ended.split(" and ")),
        )

    def save(self, path: Path | str) -> None:
        """Writes the HDF5 file; written aside and renamed, so that it is whole or absent."""
        hdf5.write(vars(self), path)

    @classmethod
    def load(cls, path: Path | str) -> "Trajectory":
        """Reads a file that `save` wrote.

        Raises:
          ValueError: the file is of another format.
          OSError: it is not there, or not HDF5.
        """
        return cls(**hdf5.read(path))
