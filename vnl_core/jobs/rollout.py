"""Rollouts as jobs: a request becomes a folder of trajectory, traces and videos.

`vnl worker` is the warm one: it takes folder names on its standard input, one a line, and
keeps what it has compiled, so that a second rollout of a scene starts at once.
"""

from pathlib import Path

from vnl_core.config import RolloutConfig, VideoConfig
from vnl_core.jobs.requests import Reporter, do, serve
from vnl_core.physics import choose_engine
from vnl_core.plain_files import read_plain
from vnl_core.rendering.egocentric import record_egocentric
from vnl_core.rendering.video import write_video
from vnl_core.rollout import Cancelled, Simulators
from vnl_core.rollout.progress import Phase
from vnl_core.runs.job_folder import RolloutDir
from vnl_core.scene import Scene
from vnl_core.scene.cache import built
from vnl_core.trajectory import Trajectory, write_csv, write_parquet


def video_name(scene: Scene, camera: int | str) -> str:
    """A camera's name in a file name: index and name, free of slashes."""
    index = scene.camera(camera)
    name = dict(scene.cameras)[index]
    if index < 0:
        return name
    return f"{index}-{name.removeprefix('walker/').replace('/', '-')}"


def make_rollout(config: RolloutConfig, simulators: Simulators, reporter: Reporter) -> Trajectory:
    """Simulates, saves and films a rollout in the reporter's folder.

    Raises:
      Cancelled: the folder's job was asked to end; what was done so far stays.
      ValueError, OSError, RuntimeError: it cannot be simulated, saved or filmed.
    """
    scene, folder = built(config.scene), RolloutDir(reporter.job.path)
    names = {camera: video_name(scene, camera) for camera in config.cameras}
    trajectory = _simulate(config, scene, simulators, reporter)
    trajectory.save(folder.trajectory_path)
    write_parquet(trajectory, folder.parquet_path)
    write_csv(trajectory, folder.csv_path)
    if config.egocentric_pixels:
        _record_egocentric(config, scene, trajectory, folder, reporter)
    for number, (camera, name) in enumerate(names.items()):
        share = (number / len(names), (number + 1) / len(names))
        _film(config.film(camera), scene, trajectory, folder.video_path(name), share, reporter)
    return trajectory


def _simulate(
    config: RolloutConfig, scene: Scene, simulators: Simulators, reporter: Reporter
) -> Trajectory:
    why = "Engine {}: {}".format(*choose_engine(scene)) if config.engine == "auto" else ""

    def on_progress(phase: Phase, progress: float) -> None:
        reporter.set(phase, progress, why if phase == "compiling" else "")

    return simulators.run(scene, config, on_progress, reporter.cancelled)


def _record_egocentric(
    config: RolloutConfig,
    scene: Scene,
    trajectory: Trajectory,
    folder: RolloutDir,
    reporter: Reporter,
) -> None:
    path, side = folder.egocentric_path, config.egocentric_pixels

    def on_picture(done: int, total: int) -> None:
        reporter.set("rendering", done / total, path.name)

    if not record_egocentric(scene, trajectory, path, side, on_picture, reporter.cancelled):
        raise Cancelled


def _film(
    film: VideoConfig,
    scene: Scene,
    trajectory: Trajectory,
    path: Path,
    share: tuple[float, float],
    reporter: Reporter,
) -> None:
    """Films one camera; `share` is from where to where the progress of all of them goes."""
    start, end = share

    def on_frame(done: int, total: int) -> None:
        reporter.set("rendering", start + (end - start) * done / total, path.name)

    reporter.set("rendering", start, path.name)
    if not write_video([(scene, trajectory)], path, film, on_frame, reporter.cancelled):
        raise Cancelled


def run_request(folder: Path, simulators: Simulators) -> None:
    """Does the request in `folder`; every outcome, good or bad, ends in its status.json."""
    job = RolloutDir(folder)

    def work(reporter: Reporter) -> None:
        config = RolloutConfig.model_validate_json(read_plain(job.request_path))
        trajectory = make_rollout(config, simulators, reporter)
        reporter.set("finished", 1.0, summary=trajectory.summary().labelled())

    do(job, work)


def work(runs_dir: Path) -> None:
    """Does the requests whose folder names arrive on standard input, until it is closed."""
    simulators = Simulators()
    serve(runs_dir / "rollouts", lambda folder: run_request(folder, simulators))
