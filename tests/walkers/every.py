"""Every walker and every arena, for tests over all of them."""

from pathlib import Path
from typing import get_args

from vnl_core.config import SceneConfig
from vnl_core.scene import Scene, build
from vnl_core.scene.walkers import find_walker, known_walkers

EXAMPLES = Path(__file__).parents[2] / "examples" / "walkers"
WALKERS = [*known_walkers(), "strider"]
ARENAS = get_args(SceneConfig.model_fields["arena"].annotation)


def scene_of(walker: str, **changes) -> Scene:
    """The walker in its default corridor, shortened, with `changes`."""
    config = find_walker(walker).defaults.scene
    return build(config.changed(corridor_length=12.0, **changes))
