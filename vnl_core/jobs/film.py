"""Films as jobs: a request in a folder becomes film.mp4 there, and film.gif if it is asked for.

The folder is <folder of the first trajectory>/films/<name of the request>, so equal requests
meet in one folder, and the films go when their episode goes. `vnl films` takes such folders
on its standard input, one a line.
"""

import sys
import traceback
from functools import lru_cache
from pathlib import Path

from vnl_core.config import SceneConfig
from vnl_core.config.film import FilmRequest
from vnl_core.jobs.rollout import RolloutStatus
from vnl_core.rendering.video import Episode, write_gif, write_video
from vnl_core.scene import Scene, build
from vnl_core.trajectory import Trajectory


# A grid's episodes may each have a terrain of their own.
@lru_cache(maxsize=16)
def _scene(config: str) -> Scene:
    return build(SceneConfig.model_validate_json(config))


def episodes_of(paths: list[Path]) -> list[Episode]:
    """The trajectories and their scenes; equal scenes are built once.

    Raises:
      OSError, ValueError: one cannot be read.
    """
    trajectories = [Trajectory.load(path) for path in paths]
    return [(_scene(trajectory.scene.to_json()), trajectory) for trajectory in trajectories]


def run_film(folder: Path, runs_dir: Path) -> None:
    """Does the request in `folder`; every outcome ends in its status.json."""
    status = RolloutStatus(folder)
    try:
        request = FilmRequest.model_validate_json((folder / "request.json").read_bytes())
        film, gif = folder / "film.mp4", folder / "film.gif"
        whole = not status.cancelled()
        if whole and not film.exists():
            status.set("rendering")
            whole = write_video(
                episodes_of([runs_dir / path for path in request.trajectories]),
                film,
                request.film,
                lambda done, total: status.set("rendering", done / total),
                status.cancelled,
            )
        if not whole:
            status.set("cancelled", 0.0, "Cancelled on request.")
            return
        if request.gif and not gif.exists():
            status.set("rendering", 1.0, "GIF")
            write_gif(film, gif)
        status.set("finished", 1.0)
    except Exception as error:  # the worker must outlive any one request
        traceback.print_exc()
        status.set("failed", 0.0, f"{error}" or type(error).__name__)


def work(runs_dir: Path) -> None:
    """Does the requests whose folders, from `runs_dir` on, arrive on standard input."""
    for line in sys.stdin:
        folder = (runs_dir / line.strip()).resolve()
        if folder.is_relative_to(runs_dir.resolve()) and folder.is_dir():
            run_film(folder, runs_dir)
