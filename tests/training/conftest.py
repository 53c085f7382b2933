"""One small training, shared by the tests that look at it from different sides."""

import pytest
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder

from vnl_core.training.loop import train


@pytest.fixture(scope="session")
def trained():
    """A finished training of the point."""
    recorder = Recorder()
    assert train(PointEnv(), PPO, EPISODE_LENGTH, recorder)
    return recorder
