"""A small picture out of the middle of a video."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

WIDTH = 160  # px


def thumbnail(video: Path) -> bytes:
    """JPEG of the video's middle frame, `WIDTH` pixels wide.

    Raises:
      RuntimeError: ffmpeg cannot read it.
    """
    try:
        reader = imageio_ffmpeg.read_frames(str(video))
        seconds = float(next(reader)["duration"])
        reader.close()
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", f"{seconds / 2:.3f}"]
        command += ["-i", str(video), "-frames:v", "1", "-vf", f"scale={WIDTH}:-2", "-q:v", "4"]
        done = subprocess.run([*command, "-f", "mjpeg", "-"], capture_output=True, timeout=30)
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"{video.name} cannot be read: {error}") from error
    if done.returncode or not done.stdout:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise RuntimeError(f"{video.name} cannot be read: {reason[-1] if reason else 'no frame'}")
    return done.stdout
