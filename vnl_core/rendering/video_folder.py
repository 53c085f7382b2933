"""The folder of a video: beside its first trajectory, under the request's own name.

So the same video, asked for on a page or in a shell, is made once, and goes when its episode
goes.
"""

from pathlib import Path

from vnl_core.config.video import VideoRequest
from vnl_core.runs.files import write_whole
from vnl_core.runs.job_folder import JobFolder


def new_video_folder(request: VideoRequest, root: Path) -> Path:
    """Lays the request into its folder, and what an earlier attempt left there aside.

    Args:
      request: its trajectories are named from `root` on.
      root: the runs directory.

    Raises:
      OSError: the folder cannot be written.
    """
    folder = root / request.folder
    folder.mkdir(parents=True, exist_ok=True)
    job = JobFolder(folder)
    for path in (job.cancel_path, job.status_path):
        path.unlink(missing_ok=True)
    write_whole(job.request_path, request.to_json())
    return folder
