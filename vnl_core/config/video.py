"""How an episode is filmed."""

import hashlib
from pathlib import PurePosixPath
from typing import Literal

from vnl_core.config.base import Config, field

Quality = Literal["fast", "full"]


class VideoConfig(Config):
    """A video's camera, size, pace and overlays."""

    camera: int | str = field(
        0, "-", "Camera, by index or name; -1 is free and sees it all, -2 is a close-up."
    )
    width: int = field(640, "px", "Width of the video.", ge=64, le=1920, multiple_of=2)
    height: int = field(480, "px", "Height of the video.", ge=64, le=1080, multiple_of=2)
    fps: int = field(30, "frames/s", "Frame rate of the video.", ge=1, le=120)
    speed: float = field(
        1.0,
        "simulated s per s",
        "Pace of the video: 0.25 is slow motion, 2 is twice as fast.",
        ge=0.01,
        le=20.0,
    )
    quality: Quality = field(
        "fast",
        "-",
        "Fast leaves out antialiasing and draws coarser shadows; full takes three times as long.",
    )
    title: bool = field(False, "-", "Write the run, the step, the time and the reward on top.")
    show_joints: bool = field(False, "-", "Draw the joints over the video.")
    show_contacts: bool = field(False, "-", "Draw contact points and forces over the video.")


class VideoRequest(Config):
    """Episodes to film: one, or several side by side in a grid."""

    trajectories: tuple[str, ...] = field(
        (), "-", "Trajectory files, from the runs directory on.", min_length=1, max_length=64
    )
    film: VideoConfig = field(VideoConfig(), "-", "How.")
    gif: bool = field(False, "-", "Make a GIF as well, at half the size.")

    @property
    def name(self) -> str:
        """Short name that this video alone has, whether with a GIF or without."""
        text = self.changed(gif=False).model_dump_json()
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def folder(self) -> str:
        """Where the video is kept, from the runs directory on: beside its first trajectory."""
        return f"{PurePosixPath(self.trajectories[0]).parent}/films/{self.name}"
