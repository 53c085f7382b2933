"""A walker bound to a corridor and compiled to one MjModel."""

from vnl_core.scene.build import CLOSE_UP, FREE, Actuator, Camera, Scene, WalkerNames, build
from vnl_core.scene.layout import Layout, Segment, Wall

__all__ = [
    "CLOSE_UP",
    "FREE",
    "Actuator",
    "Camera",
    "Layout",
    "Scene",
    "Segment",
    "Wall",
    "WalkerNames",
    "build",
]
