"""The virtual rodent of Merel et al. 2020, as dm_control has it."""

from dm_control.locomotion.walkers import base, rodent

from vnl_core.presets import PRESETS
from vnl_core.scene.walkers.walker import Walker

# In dm_control's upright pose the tail is 2.3 mm deep in the floor, the hands 1.2 mm.
_CLEARANCE = 0.0025


class Rodent(rodent.Rat):
    """dm_control's rat, upright on the floor rather than in it."""

    @property
    def upright_pose(self):
        return base.WalkerPose(xpos=(0.0, 0.0, _CLEARANCE))


RODENT = Walker(
    name="rodent",
    title="Rodent",
    description="The virtual rodent of Merel et al. 2020, “Deep neuroethology of a virtual "
    "rodent”: a rat with spine, tail and fingers, 38 position servos on joints and tendons.",
    make=lambda: Rodent(name="walker"),
    defaults=PRESETS["rodent-gaps-2020"].run,
)
