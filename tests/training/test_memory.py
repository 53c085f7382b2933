"""A long training needs no more memory than a short one."""

import psutil
import pytest
from small_training import Recorder

from vnl_core.envs import make_env
from vnl_core.presets import PRESETS
from vnl_core.training.loop import train

WARM_UP, UPDATES = 30, 230
# Where nothing leaks, the allocator's own wandering; a leaked batch (1 MB) an update were 200 MB.
ALLOWED = 16  # MB


class Scale(Recorder):
    """Weighs the process after every update, and keeps no snapshot but the last."""

    def __init__(self):
        super().__init__(limit=UPDATES)
        self.megabytes = []

    def reached(self, snapshot):
        super().reached(snapshot)
        self.megabytes.append(psutil.Process().memory_info().rss / 1e6)

    def checkpoint(self, snapshot):
        pass


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_real_ant_trains_in_the_memory_it_warmed_up_to():
    config = PRESETS["ant-smoke"].run
    ppo = config.ppo.changed(num_timesteps=10**9, num_evals=2)
    env = make_env(config.scene, config.task, "native")
    scale = Scale()
    assert not train(env, ppo, config.task.episode_length, scale)
    first, last = scale.megabytes[WARM_UP : WARM_UP + 20], scale.megabytes[-20:]
    assert max(last) - max(first) < ALLOWED
