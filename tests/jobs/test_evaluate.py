"""A checkpoint is judged over corridors it has not seen; the shipped one crosses their gaps."""

import pytest
from click.testing import CliRunner

from vnl_core.cli import main
from vnl_core.config import RunConfig, Uniform
from vnl_core.jobs.evaluate import evaluate
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir
from vnl_core.runs.shipped import SHIPPED

RUN = RunDir(SHIPPED / "ant-gaps")
CHECKPOINT = RUN.checkpoints()[-1].path


@pytest.fixture(scope="module")
def config():
    return RUN.config().changed(engine="native")


def longer_gaps(config: RunConfig, low: float, high: float) -> RunConfig:
    return config.changed(scene=config.scene.changed(gap_length=Uniform(low=low, high=high)))


@pytest.fixture(scope="module")
def outcome(config):
    return evaluate(CHECKPOINT, config, 32, seed=7)


def test_the_shipped_ant_crosses_the_gaps_it_meets_and_is_quick(config, outcome):
    assert (config.scene, config.task) == (
        PRESETS["ant-gaps"].run.scene,
        PRESETS["ant-gaps"].run.task,
    )
    assert outcome.episodes == 32
    assert outcome.gaps_met > 2
    # Over 128 episodes it is more (docs/training.md).
    assert outcome.share_crossed > 0.8
    assert outcome.speed > 0.5
    assert outcome.speed == pytest.approx(outcome.distance / outcome.seconds)


def test_gaps_that_no_ant_can_cross_end_the_episode(config, outcome):
    wide = evaluate(CHECKPOINT, longer_gaps(config, 1.2, 1.5), 32, seed=7)
    assert wide.share_crossed == 0.0
    assert wide.share_failed == 1.0
    assert wide.seconds < outcome.seconds / 2
    assert wide.distance < outcome.distance


@pytest.mark.parametrize(
    "changes",
    [
        {"observations": ("qvel", "qpos", "lateral_position", "height_scan")},  # as many numbers
        {"scan_behind": 1.0, "scan_ahead": 1.5},  # as many samples
    ],
)
def test_a_policy_is_not_shown_what_it_was_not_trained_on(config, changes):
    other = config.changed(task=config.task.changed(**changes))
    with pytest.raises(ValueError, match="task.observations.*Leave them as in the run"):
        evaluate(CHECKPOINT, other, 2, seed=0)


def test_another_walker_is_refused(config):
    ball = config.changed(scene=config.scene.changed(walker="rolling_ball"))
    with pytest.raises(ValueError, match="Keep the walker"):
        evaluate(CHECKPOINT, ball, 2, seed=0)


def test_the_shell_says_which_checkpoints_there_are():
    run = CliRunner().invoke(
        main, ["evaluate", "ant-gaps", "--runs-dir", str(SHIPPED), "--step", "3"]
    )
    assert run.exit_code == 1
    assert str(RUN.checkpoints()[-1].step) in run.output
