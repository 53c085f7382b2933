"""dm_control's ant."""

from dm_control.locomotion.walkers import ant

from vnl_core.presets import PRESETS
from vnl_core.scene.walkers.walker import Walker

ANT = Walker(
    name="ant",
    title="Ant",
    description="OpenAI Gym's four-legged ant as dm_control has it: 1 m across, 12 kg, "
    "eight torque motors.",
    make=lambda: ant.Ant(name="walker"),
    defaults=PRESETS["ant-easy"].run,
)
