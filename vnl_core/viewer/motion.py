"""A trajectory as a file of frames, made and read piece by piece.

The file, little-endian:

    uint32                      n, the length of the header
    n bytes                     header, JSON, padded with spaces
    float32 (frames,)           times, in seconds
    float32 (frames,)           reward a control step, averaged since the frame before
    frames × float32            the frames, each as `frame` tells

The header holds `format`, `frames`, `items`, `walker` (its first item and their number),
and `events`: {"time", "kind", "text"} of each gap entered and crossed, and of a fall.
Forces at contacts are those of MuJoCo's forward dynamics at the stored positions, velocities
and controls; activations of actuators, which a trajectory does not hold, count as zero.
"""

import json
from collections.abc import Iterator
from typing import Any

import mujoco
import numpy as np

from vnl_core.scene import Scene
from vnl_core.trajectory import Trajectory
from vnl_core.viewer.frame import frame
from vnl_core.viewer.parts import walker_bodies

FORMAT = 2
# The client interpolates, so more frames than a screen shows only make the file longer.
RATE = 60.0  # frames a second
_PIECE = 30  # frames


def motion_file(scene: Scene, trajectory: Trajectory) -> Iterator[bytes]:
    """The trajectory's motion, at most `RATE` frames a second and always the last one.

    Raises:
      ValueError: the trajectory is not of this scene.
    """
    model = scene.model
    if trajectory.qpos.shape[1] != model.nq:
        raise ValueError(
            f"qpos: has {trajectory.qpos.shape[1]} positions, the scene's walker {model.nq}. "
            "Use a trajectory of this scene."
        )
    stride = max(1, round(1 / (RATE * trajectory.control_timestep)))
    last = len(trajectory.qpos) - 1
    frames = np.unique([*range(0, last, stride), last])
    return _pieces(scene, trajectory, frames)


def _pieces(scene: Scene, trajectory: Trajectory, frames: np.ndarray) -> Iterator[bytes]:
    model, data = scene.model, mujoco.MjData(scene.model)
    header = json.dumps(
        {
            "format": FORMAT,
            "frames": len(frames),
            "items": model.nbody + model.ncam + model.nlight,
            "walker": walker_bodies(scene),
            "events": events(scene, trajectory),
        }
    )
    # Typed arrays must begin at a multiple of four bytes.
    header = header.encode()
    header = header.ljust(-(-len(header) // 4) * 4)
    times = trajectory.time[frames].astype("<f4")
    size = len(header).to_bytes(4, "little")
    yield b"".join([size, header, times.tobytes(), _rewards(trajectory, frames).tobytes()])
    for start in range(0, len(frames), _PIECE):
        rows = []
        for i in frames[start : start + _PIECE]:
            data.qpos[:], data.qvel[:] = trajectory.qpos[i], trajectory.qvel[i]
            if i and trajectory.steps:
                data.ctrl[:] = trajectory.ctrl[i - 1]
            mujoco.mj_forward(model, data)
            rows.append(frame(scene, data, float(trajectory.time[i])))
        yield np.concatenate(rows).tobytes()


def _rewards(trajectory: Trajectory, frames: np.ndarray) -> np.ndarray:
    """Mean reward of the control steps between one frame and the next, float32 (frames,)."""
    total = np.concatenate([[0.0], np.cumsum(trajectory.reward)])[frames]
    mean = np.diff(total) / np.diff(frames)
    return np.concatenate([mean[:1] if len(mean) else [0.0], mean]).astype("<f4")


def events(scene: Scene, trajectory: Trajectory) -> list[dict[str, Any]]:
    """Gaps entered and crossed for the first time, and falls, in order of time.

    A gap is entered and crossed when the root passes its start and its end above the
    platforms' tops; a fall is what the task calls one.
    """
    furthest = scene.layout.furthest(trajectory.root_position)
    found = []
    for number, gap in enumerate(scene.layout.gaps, start=1):
        for kind, edge in (("entered", gap.start), ("crossed", gap.end)):
            step = int(np.searchsorted(furthest, edge, "right"))
            if 0 < step < len(furthest):
                text = f"Gap {number} of {gap.length:.2f} m {kind}"
                found.append((step, kind, text))
    fell = np.flatnonzero(np.asarray(trajectory.metrics.get("fell", [])) > 0)
    if len(fell):
        found.append((int(fell[0]) + 1, "fell", "Fell"))
    elif trajectory.ended == "fall":
        found.append((trajectory.steps, "fell", "Fell"))
    if trajectory.ended.startswith("unstable"):
        found.append((trajectory.steps, "fell", f"Simulation {trajectory.ended}"))
    return [
        {"time": round(float(trajectory.time[step]), 4), "kind": kind, "text": text}
        for step, kind, text in sorted(found)
    ]
