"""A training run and a rollout: a scene, a task, and what is done with them."""

from typing import Literal, Self

from pydantic import field_validator, model_validator

from vnl_core.config.base import Config, field
from vnl_core.config.ppo import PPOConfig
from vnl_core.config.refusal import refusal
from vnl_core.config.scene import SceneConfig
from vnl_core.config.task import TaskConfig
from vnl_core.config.upgrade import VERSION
from vnl_core.config.video import VideoConfig

Engine = Literal["auto", "native", "mjx", "mjx-warp"]
RolloutEngine = Literal["auto", "native", "mjx", "mjx-warp", "dm_control"]
PolicyKind = Literal["zero", "random", "sine", "constant", "checkpoint", "replay"]


class RunConfig(Config):
    """A whole training run: everything needed to repeat it."""

    name: str = field(
        "ant-gaps",
        "-",
        "Name of the run: letters, digits, dots, dashes and underscores.",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$",
    )
    version: int = field(VERSION, "-", "Version of the config's shape; older ones are upgraded.")
    preset: str = field("", "-", "Name of the preset it began from; empty for none.")
    scene: SceneConfig = field(SceneConfig(), "-", "Where the walker is.")
    task: TaskConfig = field(TaskConfig(), "-", "What it has to do.")
    ppo: PPOConfig = field(PPOConfig(), "-", "How it learns.")
    engine: Engine = field(
        "auto", "-", "Physics engine; auto takes native without a GPU and mjx with one."
    )
    threads: int = field(
        0, "threads", "Threads of the native engine; 0 for one per processor.", ge=0, le=256
    )
    video_camera: int | str = field(
        0,
        "-",
        "Camera of the videos, by index or name; -1 sees it all, -2 is a close-up.",
    )
    video_seconds: float = field(
        5.0, "s", "Length of the video made at each evaluation; 0 for none.", ge=0.0, le=120.0
    )
    checkpoint_minutes: float = field(
        10.0,
        "min",
        "Save a checkpoint as often as this, besides that of each evaluation.",
        gt=0.0,
        le=1440.0,
    )
    keep_every: int = field(
        1,
        "evaluations",
        "Keep the checkpoint of every so many evaluations; the best and the last always.",
        ge=1,
        le=10_000,
    )
    keep_states: int = field(
        2,
        "checkpoints",
        "Newest checkpoints that a training can resume from; older ones keep their policy only.",
        ge=1,
        le=10_000,
    )

    @field_validator("version")
    @classmethod
    def _todays(cls, value: int) -> int:
        if value > VERSION:
            raise refusal(
                "version",
                f"It was written by a newer version ({value}; this one reads up to {VERSION}).",
                "Install the version that wrote it.",
            )
        return VERSION


class RolloutConfig(Config):
    """One episode of a policy in a scene, with its pictures."""

    scene: SceneConfig = field(SceneConfig(), "-", "Where the walker is.")
    task: TaskConfig = field(TaskConfig(), "-", "What is observed, rewarded and ends the episode.")
    policy: PolicyKind = field("random", "-", "Where the controls come from.")
    constant: float = field(
        1.0,
        "share of the control range",
        "Control of the constant policy.",
        when={"policy": "constant"},
        ge=-1.0,
        le=1.0,
    )
    amplitude: float = field(
        1.0,
        "share of the control range",
        "Amplitude of the sine policy.",
        when={"policy": "sine"},
        ge=0.0,
        le=1.0,
    )
    frequency: float = field(
        1.0, "Hz", "Frequency of the sine policy.", when={"policy": "sine"}, gt=0.0, le=50.0
    )
    checkpoint: str | None = field(
        None, "-", "Checkpoint folder of the checkpoint policy (runs/ID/checkpoints/STEP)."
    )
    replay: str | None = field(
        None, "-", "Trajectory file (.h5) whose controls the replay policy gives again."
    )
    deterministic: bool = field(
        True,
        "-",
        "Take the checkpoint policy's mode, not a sample.",
        when={"policy": "checkpoint"},
    )
    engine: RolloutEngine = field(
        "auto", "-", "Physics engine; dm_control runs the task in dm_control's own loop."
    )
    seconds: float = field(5.0, "s", "Simulated time at most.", gt=0.0, le=600.0)
    stop_at_end: bool = field(True, "-", "Stop where the episode ends rather than simulate on.")
    seed: int = field(0, "-", "Seed of the reset noise and of random actions.", ge=0, le=2**31 - 1)
    cameras: tuple[int | str, ...] = field(
        (0,),
        "-",
        "Cameras to film with, by index or name; -1 sees it all, -2 is a close-up.",
    )
    width: int = field(640, "px", "Width of the video.", ge=64, le=1920, multiple_of=2)
    height: int = field(480, "px", "Height of the video.", ge=64, le=1080, multiple_of=2)
    fps: int = field(30, "frames/s", "Frame rate of the video.", ge=1, le=120)
    show_joints: bool = field(False, "-", "Draw the joints over the video.")
    show_contacts: bool = field(False, "-", "Draw contact points and forces over the video.")
    egocentric_pixels: int = field(
        0,
        "px",
        "Side of the pictures recorded by the walker's own camera, one a control step; 0 for none.",
        ge=0,
        le=512,
    )

    def film(self, camera: int | str) -> VideoConfig:
        """How it is filmed from `camera`."""
        return VideoConfig(
            camera=camera,
            width=self.width,
            height=self.height,
            fps=self.fps,
            show_joints=self.show_joints,
            show_contacts=self.show_contacts,
        )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.policy == "checkpoint" and not self.checkpoint:
            raise refusal(
                "checkpoint",
                "The checkpoint policy has no checkpoint.",
                "Name a folder such as runs/ID/checkpoints/STEP.",
            )
        if self.policy == "replay" and not self.replay:
            raise refusal(
                "replay",
                "The replay policy has no trajectory.",
                "Name a file such as runs/rollouts/ID/trajectory.h5.",
            )
        return self
