"""NaN and infinity end a training at once; the last good state stays, the culprit is named."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder

from vnl_core.training.divergence import Diverged, check_losses, check_stability
from vnl_core.training.loop import train


class Broken(PointEnv):
    """To the right of 1 m something is no number: the reward, a term of it, or what is seen."""

    metric_kinds = {"reward/near": "sum", "reward/calm": "sum"}
    observation_terms = {"ahead": 1, "aside": 1}

    def __init__(self, what):
        self._what = what

    def _metrics(self, position, action):
        spoilt = jnp.where(position[0] > 1.0, jnp.nan, 0.0)
        near = -jnp.linalg.norm(position)
        return {
            "reward/near": near + (spoilt if self._what == "reward/near" else 0.0),
            "reward/calm": -jnp.abs(action).sum(),
        }

    def step(self, state, action):
        state = super().step(state, action)
        spoilt = jnp.where(state.pipeline_state[0] > 1.0, jnp.inf, 0.0)
        if self._what == "observation":
            state = state.replace(obs=state.obs.at[1].add(spoilt))
        elif self._what.startswith("reward"):
            state = state.replace(reward=state.reward + spoilt)
        return state


@pytest.mark.parametrize("what", ["reward", "reward/near", "observation"])
def test_the_term_that_went_first_is_named_and_the_last_good_state_stays(what):
    recorder = Recorder()
    with pytest.raises(Diverged, match=f"NaN or infinity in {what}") as caught:
        train(Broken(what), PPO, EPISODE_LENGTH, recorder)
    report = json.loads(json.dumps(caught.value.report, allow_nan=False))
    assert report["term"] == what
    assert 0 <= report["control_step"] < 4 * PPO.unroll_length
    if what == "observation":
        assert report["components"] == [1]
        assert report["names"] == ["aside[0]"]
        assert "in observation aside[0]," in str(caught.value)
        # Its environments are lost from then on: what is seen decides what is done.
        assert report["batch"]["observation"]["not_finite"][1] > 0
    else:
        assert report["batch"]["reward"]["not_finite"][0] > 0
        assert report["batch"]["action"]["not_finite"] == [0, 0]
    assert recorder.at
    assert all(np.isfinite(x).all() for x in jax.tree.leaves(recorder.at.learning))
    assert recorder.at.progress.updates * PPO.steps_per_update == report["step"]


def test_a_loss_that_overflows_over_a_sound_batch_is_named():
    with pytest.raises(Diverged) as caught:
        train(Overflowing(), PPO, EPISODE_LENGTH, Recorder())
    assert caught.value.report["term"] == "v_loss"
    assert "in the update" in str(caught.value)


class Overflowing(PointEnv):
    """Pays so much that the square of the value loss is beyond float32."""

    def step(self, state, action):
        state = super().step(state, action)
        return state.replace(reward=state.reward * 1e35)


def test_sound_losses_pass():
    check_losses(0, {"total_loss": np.float32(1.0)}, data=None)  # type: ignore[arg-type]


def test_more_unstable_episodes_than_the_share_fail_with_the_remedy():
    hip = "QVEL of walker/hip, DOF 7"
    check_stability(1000, {hip: 1}, episodes=100, most=0.01, described="")
    said = r"3 of 100 episodes.*max_unstable_share.*QVEL of walker/hip, DOF 7 \(2.*implicitfast"
    with pytest.raises(Diverged, match=said):
        check_stability(
            1000, {"QACC of a, DOF 0": 1, hip: 2}, episodes=100, most=0.01, described=""
        )
