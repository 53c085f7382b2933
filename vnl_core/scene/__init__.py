"""A walker bound to a corridor and compiled to one MjModel."""

from vnl_core.scene.build import Actuator, Camera, Scene, WalkerNames, build
from vnl_core.scene.layout import Layout, Segment, Wall

__all__ = ["Actuator", "Camera", "Layout", "Scene", "Segment", "Wall", "WalkerNames", "build"]
