"""Films trajectory files in a warm process of its own.

A crash in a graphics driver then ends that process and not the caller's, who may have hours
of training behind him; and MuJoCo, imported there, finds its OpenGL backend chosen.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from vnl_core.rendering import gl

# Seconds between two looks at whether to go on.
_POLL = 0.2
# Seconds that the process gets to tidy up.
_PATIENCE = 5.0


class VideoProcess:
    """Makes videos one at a time; its process starts with the first and ends with `close`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def film(
        self,
        trajectory: Path,
        video: Path,
        camera: int | str = 0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Write `video` (.mp4) of the trajectory file, seen from `camera`.

        Returns:
          False if `cancelled()` became true; there is no video then.

        Raises:
          RuntimeError: it could not be filmed; the message says why.
        """
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"trajectory": str(trajectory), "video": str(video), "camera": camera}
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # It has ended; reading says so.
        while not select.select([process.stdout], [], [], _POLL)[0]:
            if cancelled():
                self.close()
                return False
        reply = process.stdout.readline()
        if not reply:
            self.close()
            raise RuntimeError(f"The filming process ended with code {process.returncode}.")
        if error := json.loads(reply)["error"]:
            raise RuntimeError(error)
        return True

    def close(self) -> None:
        """End the process, in the middle of a video if need be, which is then removed."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:  # stuck in a driver
            process.kill()
            process.communicate()

    @staticmethod
    def _start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # A Ctrl-C in the terminal is for the caller alone, who decides what ends when. (A
            # session of its own would let it compete with the dashboard: supervision/priority.py.)
            process_group=0,
        )


def serve() -> None:
    """Film what standard input asks for, a JSON line each, and answer with one on output."""
    # In the background of a terminal that is set to halt those who write to it there.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no reply
    backend = gl.choose()
    # Only now: MuJoCo reads the choice while it is imported.
    from vnl_core.config.video import VideoConfig
    from vnl_core.rendering.video import write_video
    from vnl_core.scene import build
    from vnl_core.trajectory import Trajectory

    scene, config = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if backend is None:
                raise RuntimeError("OpenGL does not work here. Run `vnl doctor` for the remedy.")
            trajectory = Trajectory.load(request["trajectory"])
            if scene is None or trajectory.scene != config:
                scene, config = build(trajectory.scene), trajectory.scene
            film = VideoConfig(camera=request["camera"])
            write_video([(scene, trajectory)], request["video"], film)
            error = ""
        except Exception as failure:
            error = str(failure) or type(failure).__name__
        print(json.dumps({"error": error}), file=replies, flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        serve()
