"""The animals: dm_control's locomotion walkers by name."""

from collections.abc import Callable

from dm_control.locomotion.walkers import ant, cmu_humanoid, rodent
from dm_control.locomotion.walkers.legacy_base import Walker

from vnl_core.config import WalkerKind

_WALKERS: dict[WalkerKind, Callable[..., Walker]] = {
    "ant": ant.Ant,
    "rodent": rodent.Rat,
    "cmu_humanoid": cmu_humanoid.CMUHumanoidPositionControlledV2020,
}


def make_walker(kind: WalkerKind) -> Walker:
    """A fresh walker, named "walker", not yet attached to an arena."""
    return _WALKERS[kind](name="walker")
