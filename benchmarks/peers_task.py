"""What every way of training in `peers` is given, and how it tells what it has done.

Read in an interpreter with the peers too, which has no use for JAX.
"""

import json

from vnl_core.presets import PRESETS

_PRESET = PRESETS["ant-easy"].run
# The seed notebook's length; one corridor for all, for no peer draws another for each episode.
RUN = _PRESET.changed(
    scene=_PRESET.scene.changed(corridor_length=40.0),
    task=_PRESET.task.changed(terrain="fixed"),
)
STEPS = RUN.ppo.steps_per_update
# Updates that nobody waits for.
ENDLESS = 10_000


def tell_update(seconds: float) -> None:
    """One update, collecting and learning, has taken so long."""
    print(json.dumps({"update": seconds}), flush=True)


def tell_evaluation(distance: float, seconds: float) -> None:
    """An evaluation has taken so long; its episodes ended so far (m) from the start, on average."""
    print(json.dumps({"distance": distance, "evaluating": seconds}), flush=True)
