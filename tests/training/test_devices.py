"""Two devices train what one trains; processors forced to look like two stand in for them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

TRAIN = """
import sys
import jax, numpy as np
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder
from vnl_core.config import RunConfig
from vnl_core.runs.directory import RunDir
from vnl_core.training import checkpoint
from vnl_core.training.loop import train
from pathlib import Path

config = RunConfig(ppo=PPO.changed(num_timesteps=6 * PPO.steps_per_update, num_evals=3))
run = RunDir.create(Path(sys.argv[1]), config)
first = Recorder(limit=2)
assert not train(PointEnv(), config.ppo, EPISODE_LENGTH, first)
checkpoint.save(run.checkpoints_path, first.at, config, 2, 2)
second, unbroken = Recorder(), Recorder()
assert train(PointEnv(), config.ppo, EPISODE_LENGTH, second, checkpoint.newest(run).load)
assert train(PointEnv(), config.ppo, EPISODE_LENGTH, unbroken)
jax.tree.map(np.testing.assert_array_equal, second.at.arrays, unbroken.at.arrays)
used = {len(x.sharding.device_set) for x in jax.tree.leaves(second.at.env_state)}
leaves = jax.tree.leaves((second.at.learning, second.at.env_state))
rewards = [row["eval/episode_reward"] for _, row in unbroken.evaluations()]
np.savez(sys.argv[2], *leaves, used=sorted(used), rewards=rewards)
"""


def train(tmp_path, devices):
    out = tmp_path / f"{devices}.npz"
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count={devices}"
    here = Path(__file__).parent
    path = f"{here}:{here.parents[1]}"
    env = {**os.environ, "XLA_FLAGS": flags, "PYTHONPATH": path}
    command = [sys.executable, "-c", TRAIN, str(tmp_path / f"runs-{devices}"), str(out)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(out)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_devices_train_what_one_trains_and_resume_exactly(tmp_path):
    one, two = train(tmp_path, 1), train(tmp_path, 2)
    assert one["used"].tolist() == [1]
    assert 2 in two["used"].tolist(), "the environments were not spread"
    np.testing.assert_allclose(one["rewards"], two["rewards"], rtol=1e-3)
    for name in one.files:
        if name.startswith("arr_"):
            np.testing.assert_allclose(one[name], two[name], rtol=2e-3, atol=2e-4, err_msg=name)
