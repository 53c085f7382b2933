"""Films a trajectory in a process of its own, so that a crash in a graphics driver ends that one.

python -m vnl_core.jobs.film TRAJECTORY.h5 VIDEO.mp4 CAMERA
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vnl_core.rendering import gl


def film(trajectory: Path, video: Path, camera: int | str, cancelled: Callable[[], bool]) -> bool:
    """Write `video` of the trajectory file from `camera`; False when it was cancelled.

    Raises:
      RuntimeError: it could not be filmed; the message says why.
    """
    command = [sys.executable, "-m", __name__, str(trajectory), str(video), str(camera)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        while True:
            try:
                errors = child.communicate(timeout=0.2)[1]
                break
            except subprocess.TimeoutExpired:
                if cancelled():
                    child.terminate()
                    return False
    if child.returncode:
        last = errors.strip().splitlines()[-1:] or ["it left no message"]
        raise RuntimeError(f"Filming ended with code {child.returncode}: {last[0]}")
    return True


def main(trajectory_path: str, video: str, camera: str) -> None:
    """What the process does."""
    if gl.choose() is None:
        sys.exit("No OpenGL works here. `vnl doctor` says what to install.")
    # Only now: MuJoCo reads the choice while it is imported.
    from vnl_core.rendering.video import write_video
    from vnl_core.scene import build
    from vnl_core.trajectory import Trajectory

    trajectory = Trajectory.load(trajectory_path)
    number = camera.lstrip("-").isdigit()
    write_video(build(trajectory.scene), trajectory, video, int(camera) if number else camera)


if __name__ == "__main__":
    main(*sys.argv[1:])
