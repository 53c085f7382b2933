"""dm_control's CMU humanoid."""

from dm_control.locomotion.walkers import cmu_humanoid

from vnl_core.presets import PRESETS
from vnl_core.scene.walkers.walker import Walker

CMU_HUMANOID = Walker(
    name="cmu_humanoid",
    title="CMU humanoid",
    description="The humanoid of the CMU motion-capture subjects, 2020 version: 1.6 m tall, "
    "position-controlled joints.",
    make=lambda: cmu_humanoid.CMUHumanoidPositionControlledV2020(name="walker"),
    defaults=PRESETS["cmu-gaps"].run,
)
