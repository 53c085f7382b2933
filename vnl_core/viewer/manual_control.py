"""Posing a walker and driving its actuators by hand, on MuJoCo's own engine.

Nothing is kept between two requests: the client holds the state and sends it along. So a
restart of the server, or a second tab, disturbs nothing.
"""

from typing import Annotated, Any

import mujoco
import numpy as np
from pydantic import Field

from vnl_core.config import Config
from vnl_core.scene import Scene
from vnl_core.scene.instability import REMEDY, gave_up
from vnl_core.viewer.assets import packed
from vnl_core.viewer.frame import frame

MAX_STEPS = 200
Numbers = Annotated[list[float], Field(max_length=10_000)]


class ManualControl(Config):
    """A state, and for how many physics steps to let it go.

    Attributes:
      qpos: positions (nq,), in metres and radians.
      qvel: velocities (nv,); at rest if empty.
      act: activations (na,); zero if empty.
      ctrl: controls (nu,), held; zero if empty.
      steps: physics steps; 0 only poses.
    """

    qpos: Numbers
    qvel: Numbers = []
    act: Numbers = []
    ctrl: Numbers = []
    steps: int = Field(default=0, ge=0, le=MAX_STEPS)


def move(scene: Scene, hand: ManualControl) -> dict[str, Any]:
    """The state after `hand.steps`: qpos, qvel, act, and its `frame` packed.

    Raises:
      ValueError: an array is of another scene, or the simulation became unstable.
    """
    model, data = scene.model, mujoco.MjData(scene.model)
    for name in ("qpos", "qvel", "act", "ctrl"):
        values, target = getattr(hand, name), getattr(data, name)
        if not values and name != "qpos":
            continue
        if len(values) != len(target):
            raise ValueError(
                f"{name}: has {len(values)} numbers, the scene's has {len(target)}. "
                "Go back to the start pose."
            )
        target[:] = values
    mujoco.mj_normalizeQuat(model, data.qpos)
    for _ in range(hand.steps):
        mujoco.mj_step(model, data)
        if broken := gave_up(model, data):  # the next step would begin at the start pose
            raise ValueError(
                f"The simulation became unstable: NaN or a huge value in {broken}. Go back to the "
                f"start pose. {REMEDY}"
            )
    mujoco.mj_forward(model, data)
    state = {name: np.array(getattr(data, name)).tolist() for name in ("qpos", "qvel", "act")}
    return {**state, "moment": packed(frame(scene, data, data.time))}
