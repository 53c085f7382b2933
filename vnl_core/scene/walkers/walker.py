"""What a walker states about itself."""

from collections.abc import Callable
from dataclasses import dataclass

from dm_control.locomotion.walkers.legacy_base import Walker as DmWalker

from vnl_core.config import RunConfig


@dataclass(frozen=True)
class Walker:
    """An animal by name.

    What belongs to the body is told by the dm_control walker that `make` returns: its
    `upright_pose`, `root_body`, `end_effectors`, `ground_contact_geoms` (the feet) and
    `egocentric_camera`. What a design needs around it is told by `defaults`.
    """

    name: str
    """As configs name it: lower-case letters, digits and underscores."""
    title: str
    """As people read it, such as "CMU humanoid"."""
    description: str
    """A sentence or two: what it is, its size, how it is driven, and its source."""
    make: Callable[[], DmWalker]
    """A fresh dm_control walker with the MJCF model name "walker", not yet attached.

    Actions in [-1, 1] cover each actuator's control range; to scale them, narrow `ctrlrange`.
    """
    defaults: RunConfig
    """The run to start from: a corridor to its scale and timesteps that are stable under
    random controls (scene), healthy height (task), training (ppo) and the best camera."""

    @property
    def healthy_height(self) -> tuple[float, float]:
        """Range of the root body's height above the platforms that counts as alive, in metres."""
        return self.defaults.task.healthy_height
