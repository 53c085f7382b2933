"""A scene and its trajectories as files for the three.js client in `frontend/`."""

from vnl_core.viewer.manual_control import ManualControl, move
from vnl_core.viewer.motion import motion_file
from vnl_core.viewer.scene_file import scene_file

__all__ = ["ManualControl", "motion_file", "move", "scene_file"]
