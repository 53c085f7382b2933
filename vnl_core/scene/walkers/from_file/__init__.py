"""From anyone's MJCF file to the animal alone: what MuJoCo computes of it, without its world."""

from vnl_core.scene.walkers.from_file.animal import Animal, read_animal
from vnl_core.scene.walkers.from_file.options import FileOptions
from vnl_core.scene.walkers.from_file.report import LeftOut, RefusedFile

__all__ = ["Animal", "FileOptions", "LeftOut", "RefusedFile", "read_animal"]
