"""Films that a notebook shows: H.264 by the ffmpeg that comes with imageio-ffmpeg."""

import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vnl_core.config import VideoConfig
from vnl_core.rendering.video import write_frames, write_video
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory


@dataclass(frozen=True, repr=False)
class Film:
    """A video; a notebook shows it where it is a cell's last value.

    Attributes:
      mp4: contents of the file.
    """

    mp4: bytes

    def save(self, path: Path | str) -> Path:
        """Writes the .mp4 file; returns its path."""
        path = Path(path)
        path.write_bytes(self.mp4)
        return path

    def __repr__(self) -> str:
        return f"Film({len(self.mp4)} bytes of MP4; .save(path) writes it)"

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.mp4).decode()
        return f'<video controls loop src="data:video/mp4;base64,{data}"></video>'


def film(what: Trajectory | Sequence[np.ndarray], fps: float | None = None, **choices: Any) -> Film:
    """A video of a trajectory, or of pictures.

    Args:
      what: a trajectory, filmed in its own scene; or RGB pictures, uint8 (height, width, 3) each,
        such as those of `env.render`.
      fps: frames a second; 30 unless given. With `1 / env.dt` the pictures of successive
        control steps play at the pace of the simulation.
      **choices: of a trajectory only, the other fields of VideoConfig: camera, width, height,
        speed, quality, title, show_joints, show_contacts.

    Raises:
      ValueError: no such camera, pictures that are none, or a choice that is refused.
      RuntimeError: OpenGL or ffmpeg does not work here.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        if isinstance(what, Trajectory):
            config = VideoConfig(fps=30 if fps is None else fps, **choices)  # type: ignore[arg-type]
            write_video([(build(what.scene), what)], path, config)
        elif choices:
            raise ValueError(
                f"{', '.join(choices)}: pictures are drawn already. Give it to what draws them."
            )
        else:
            write_frames(what, path, 30.0 if fps is None else fps)
        return Film(path.read_bytes())
