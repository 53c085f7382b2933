"""The animals: one small file a family, and those of a lab's own files.

docs/walkers.md shows how a lab adds its own.
"""

from vnl_core.scene.walkers.mjcf_walker import MjcfWalker
from vnl_core.scene.walkers.registry import (
    broken_walkers,
    facts,
    find_walker,
    known_walkers,
    make_walker,
    refused_files,
)
from vnl_core.scene.walkers.walker import Walker

__all__ = [
    "MjcfWalker",
    "Walker",
    "broken_walkers",
    "facts",
    "find_walker",
    "known_walkers",
    "make_walker",
    "refused_files",
]
