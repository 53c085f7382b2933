"""Videos as jobs: a request in a folder becomes film.mp4 there, and film.gif if it is asked for.

`rendering/video_folder.py` says which folder. `vnl films` takes such folders on its standard
input, one a line; `vnl film` makes one.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from vnl_core.config import VideoConfig, VideoRequest
from vnl_core.jobs.requests import Reporter, do, serve
from vnl_core.plain_files import read_plain
from vnl_core.rendering.video import Episode, write_gif, write_video
from vnl_core.rendering.video_folder import new_video_folder
from vnl_core.rollout import Cancelled
from vnl_core.runs.directory import RunDir, step_name
from vnl_core.runs.job_folder import JobFolder, RolloutDir
from vnl_core.runs.shipped import with_shipped
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory


def episodes_of(paths: list[Path]) -> list[Episode]:
    """The trajectories and their scenes; equal scenes are built once.

    Raises:
      OSError, ValueError: one cannot be read.
    """
    trajectories = [Trajectory.load(path) for path in paths]
    return [(built(trajectory.scene), trajectory) for trajectory in trajectories]


def make_video(request: VideoRequest, runs_dir: Path, reporter: Reporter) -> None:
    """Makes what of film.mp4 and film.gif is asked for and not there yet.

    Raises:
      Cancelled: the folder's job was asked to end.
      OSError, ValueError, RuntimeError: a trajectory cannot be read, or not be filmed.
    """
    folder = reporter.job.path
    film, gif = folder / "film.mp4", folder / "film.gif"
    if not film.exists():
        reporter.set("rendering")
        whole = write_video(
            episodes_of([runs_dir / path for path in request.trajectories]),
            film,
            request.film,
            lambda done, total: reporter.set("rendering", done / total),
            reporter.cancelled,
        )
        if not whole:
            raise Cancelled
    if request.gif and not gif.exists():
        reporter.set("rendering", 1.0, "GIF")
        write_gif(film, gif)
    reporter.set("finished", 1.0)


def run_video(folder: Path, runs_dir: Path) -> None:
    """Does the request in `folder`; every outcome ends in its status.json."""
    job = JobFolder(folder)

    def work(reporter: Reporter) -> None:
        request = VideoRequest.model_validate_json(read_plain(job.request_path))
        make_video(request, runs_dir, reporter)

    do(job, work)


def trajectory_of(source: str, runs_dir: Path, step: int | None = None) -> Path:
    """The trajectory file that `source` means.

    Args:
      source: a trajectory file, a rollout's folder or id, or a run's folder or id.
      runs_dir: where ids are looked up.
      step: of a run, the env step of the evaluation; None for the last.

    Raises:
      FileNotFoundError: there is no such thing, or a run has no such evaluation.
    """
    runs = with_shipped(runs_dir)
    for path in (Path(source), runs / source, runs / "rollouts" / source):
        if path.is_file():
            return path.resolve()
        if (found := RolloutDir(path).trajectory_path).is_file():
            return found.resolve()
        if (run := RunDir(path.resolve())).exists():
            return _evaluation(run, step)
    raise FileNotFoundError(
        f"{source}: there is no such run, rollout or trajectory file in {runs_dir}. "
        "`vnl runs` lists the runs."
    )


def _evaluation(run: RunDir, step: int | None) -> Path:
    """The trajectory of a run's evaluation at `step`, or of its last."""
    steps = sorted(int(path.stem) for path in run.media_path.glob("*.h5") if path.stem.isdecimal())
    if not steps:
        raise FileNotFoundError(f"{run.id} has no evaluation yet. Wait for its first.")
    if step is not None and step not in steps:
        there = ", ".join(map(str, steps))
        raise FileNotFoundError(f"step: {run.id} has no evaluation at {step}. Use one of {there}.")
    return run.media_path / f"{step_name(steps[-1] if step is None else step)}.h5"


def video_into(
    output: Path,
    trajectories: list[Path],
    film: VideoConfig,
    runs_dir: Path,
    on_progress: Callable[[float], None],
) -> None:
    """Writes the video of `trajectories` to `output`, .mp4 or .gif, made unless it is kept.

    Raises:
      OSError, ValueError, RuntimeError: a trajectory cannot be read, or not be filmed.
    """
    inside = all(path.is_relative_to(runs_dir) for path in trajectories)
    root = runs_dir if inside else Path("/")
    suffix = output.suffix.lower()
    scene, _ = episodes_of(trajectories[:1])[0]
    request = VideoRequest(
        trajectories=tuple(path.relative_to(root).as_posix() for path in trajectories),
        film=film.changed(camera=scene.camera(film.camera)),  # as the pages name it
        gif=suffix == ".gif",
    )
    with tempfile.TemporaryDirectory() as spare:
        try:
            folder = new_video_folder(request, root)
        except OSError:  # in a read-only folder the video is not kept
            folder = Path(spare)
        _video_in(folder, request, root, on_progress)
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / f"film{suffix}", output)


def _video_in(
    folder: Path, request: VideoRequest, root: Path, on_progress: Callable[[float], None]
) -> None:
    reporter = Reporter(JobFolder(folder), lambda status: on_progress(status.progress))
    try:
        make_video(request, root, reporter)
    except BaseException as error:  # Ctrl-C too, so that nobody waits for this video
        reporter.set("failed", 0.0, f"{error}" or type(error).__name__)
        raise


def work(runs_dir: Path) -> None:
    """Does the requests whose folders, from `runs_dir` on, arrive on standard input."""
    serve(runs_dir, lambda folder: run_video(folder, runs_dir))
