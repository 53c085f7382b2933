"""The small animal of `cases/`, as a walker in an empty corridor."""

from pathlib import Path
from textwrap import dedent

import mujoco
import numpy as np

from vnl_core.config import Empty, SceneConfig
from vnl_core.scene import Scene, build
from vnl_core.scene.walkers import MjcfWalker, find_walker

CASES = Path(__file__).parent / "cases"
MASS = 10.489  # kg
BLIND = "camera-missing"


def hopper(path: Path, **arguments) -> MjcfWalker:
    """The animal of `path`, by the names that all cases share."""
    names = {
        "root_body": "torso",
        "end_effectors": ("shank_l", "shank_r"),
        "feet": ("leg_l", "leg_r"),
        "egocentric_camera": None if path.stem == BLIND else "eye",
    }
    return MjcfWalker(path, **{**names, **arguments})


def in_corridor(monkeypatch, folder: Path, path: Path, **changes) -> Scene:
    """The animal of `path` in an empty corridor, through a file that VNL_WALKERS names.

    Args:
      monkeypatch: pytest's.
      folder: where the walker's Python file is written.
      path: the MJCF.
      changes: fields of the scene; `keyframe` is the walker's own.
    """
    keyframe = changes.pop("keyframe", None)
    eye = None if path.stem == BLIND else "eye"
    file = folder / "hopper.py"
    file.write_text(
        dedent(f"""
        from vnl_core.config import RunConfig, SceneConfig
        from vnl_core.scene.walkers import MjcfWalker, Walker

        WALKER = Walker("hopper", "Hopper", "Small.", lambda: MjcfWalker(
            {str(path)!r}, root_body="torso", end_effectors=("shank_l", "shank_r"),
            feet=("leg_l", "leg_r"), egocentric_camera={eye!r}, keyframe={keyframe!r}),
            RunConfig(scene=SceneConfig(walker="hopper")))
        """)
    )
    monkeypatch.setenv("VNL_WALKERS", str(file))
    config = SceneConfig(walker="hopper", arena=Empty(), iterations=50, ls_iterations=20)
    assert find_walker("hopper")
    return build(config.changed(corridor_length=12.0, **changes))


def height_after(scene: Scene, seconds: float) -> float:
    """Height of the torso in metres, with both servos at 0."""
    data = scene.data()
    while data.time < seconds:
        mujoco.mj_step(scene.model, data)
    assert np.isfinite(data.qpos).all()
    return float(data.xpos[scene.root_id, 2])
