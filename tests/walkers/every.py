"""Every walker and every arena, for tests over all of them."""

from pathlib import Path

from vnl_core.scene import Scene, build
from vnl_core.scene.walkers import find_walker, known_walkers

EXAMPLES = Path(__file__).parents[2] / "examples" / "walkers"
WALKERS = [*known_walkers(), "strider"]
ARENAS = ("gaps", "empty", "walls")


def scene_of(walker: str, **changes) -> Scene:
    """The walker in its default corridor, shortened, with `changes`."""
    config = find_walker(walker).defaults.scene
    return build(config.changed(corridor_length=12.0, **changes))
