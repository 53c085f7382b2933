"""Rollouts as jobs: a request becomes a folder of trajectory, traces and videos.

`vnl worker` is the warm one: it takes folder names on its standard input, one a line, and
keeps what it has compiled, so that a second rollout of a scene starts at once.
"""

import contextlib
import functools
import json
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vnl_core.config import RolloutConfig, SceneConfig, problems
from vnl_core.physics import choose_engine
from vnl_core.rendering.egocentric import record_egocentric
from vnl_core.rendering.video import write_video
from vnl_core.rollout import Cancelled, Simulators
from vnl_core.runs.files import write_whole
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory, write_csv, write_parquet

# Progress is written no more often than this, in seconds.
_STATUS_PERIOD = 0.2


class RolloutStatus:
    """status.json of one rollout's folder; progress counts within the state."""

    def __init__(self, folder: Path, echo: Callable[[str], None] | None = None):
        self._folder = folder
        self._echo = echo
        self._state = ""
        self._written = 0.0

    def set(self, state: str, progress: float = 0.0, message: str = "", **more: Any) -> None:
        """Writes the status, unless the same state was written a moment ago."""
        now = time.monotonic()
        if state == self._state and now - self._written < _STATUS_PERIOD:
            return
        if self._echo and state != self._state:
            self._echo(f"{state} {message}".strip())
        self._state, self._written = state, now
        status = {"state": state, "progress": round(progress, 3), "message": message, **more}
        with contextlib.suppress(FileNotFoundError):  # deleted: there is nobody left to tell
            write_whole(self._folder / "status.json", json.dumps(status) + "\n")

    def cancelled(self) -> bool:
        """Whether the file `cancel` lies in the folder, or the folder was deleted."""
        return (self._folder / "cancel").exists() or not self._folder.is_dir()


def video_name(scene: Scene, camera: int | str) -> str:
    """File name of the video from `camera`: index and name, free of slashes."""
    index = scene.camera(camera)
    name = dict(scene.cameras)[index]
    if index < 0:
        return f"video-{name}.mp4"
    name = name.removeprefix("walker/").replace("/", "-")
    return f"video-{index}-{name}.mp4"


@functools.lru_cache(maxsize=8)
def _scene(config: str) -> Scene:
    return build(SceneConfig.model_validate_json(config))


def make_rollout(
    config: RolloutConfig, folder: Path, simulators: Simulators, status: RolloutStatus
) -> Trajectory:
    """Simulates, saves and films a rollout in `folder`.

    Raises:
      Cancelled: the file `cancel` appeared in the folder; what was done so far stays.
      ValueError, OSError, RuntimeError: it cannot be simulated, saved or filmed.
    """
    scene = _scene(config.scene.to_json())
    names = {camera: video_name(scene, camera) for camera in config.cameras}
    why = "Engine {}: {}".format(*choose_engine(scene)) if config.engine == "auto" else ""

    def on_progress(phase: str, progress: float) -> None:
        status.set(phase, progress, why if phase == "compiling" else "")

    trajectory = simulators.run(scene, config, on_progress, status.cancelled)
    trajectory.save(folder / "trajectory.h5")
    write_parquet(trajectory, folder / "traces.parquet")
    write_csv(trajectory, folder / "traces.csv")
    if side := config.egocentric_pixels:

        def on_picture(done: int, total: int) -> None:
            status.set("rendering", done / total, "egocentric.h5")

        path = folder / "egocentric.h5"
        if not record_egocentric(scene, trajectory, path, side, on_picture, status.cancelled):
            raise Cancelled
    for number, (camera, name) in enumerate(names.items()):

        def on_frame(done: int, total: int, number: int = number, name: str = name) -> None:
            status.set("rendering", (number + done / total) / len(names), name)

        status.set("rendering", number / len(names), name)
        whole = write_video(
            [(scene, trajectory)],
            folder / name,
            config.film(camera),
            on_frame,
            status.cancelled,
        )
        if not whole:
            raise Cancelled
    return trajectory


def run_request(folder: Path, simulators: Simulators) -> None:
    """Does the request in `folder`; every outcome, good or bad, ends in its status.json."""
    status = RolloutStatus(folder)
    try:
        config = RolloutConfig.model_validate_json((folder / "request.json").read_bytes())
        if status.cancelled():
            raise Cancelled
        trajectory = make_rollout(config, folder, simulators, status)
        status.set("finished", 1.0, "", summary=trajectory.summary())
    except Cancelled:
        status.set("cancelled", 0.0, "Cancelled on request.")
    except ValidationError as error:
        status.set("failed", 0.0, " ".join(str(p) for p in problems(error)))
    except Exception as error:  # the worker must outlive any one request
        traceback.print_exc()
        status.set("failed", 0.0, f"{error}" or type(error).__name__)


def work(runs_dir: Path) -> None:
    """Does the requests whose folder names arrive on standard input, until it is closed."""
    simulators = Simulators()
    for line in sys.stdin:
        folder = runs_dir / "rollouts" / Path(line.strip()).name
        if line.strip() and folder.is_dir():
            run_request(folder, simulators)
