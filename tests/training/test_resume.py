"""A training that is stopped and resumed is the training that was not: bit by bit."""

import json

import jax
import numpy as np
import pytest
from point_env import PointEnv
from small_training import EPISODE_LENGTH, PPO, Recorder, assert_same, untimed

from vnl_core.config import RunConfig
from vnl_core.envs import make_env
from vnl_core.presets import PRESETS
from vnl_core.runs.checksums import Damaged
from vnl_core.runs.directory import RunDir
from vnl_core.runs.retention import prune
from vnl_core.supervision.launch import lengthened
from vnl_core.training import checkpoint
from vnl_core.training.checkpoint import load_policy
from vnl_core.training.loop import train

SHORT = RunConfig(name="point", ppo=PPO)


def go_on(config, run, limit=float("inf")):
    """Train `run` from its newest checkpoint for up to `limit` updates, and save at the end."""
    source = checkpoint.newest(run)
    recorder = Recorder(limit=limit)
    restore = source.load if source else None
    train(PointEnv(), config.ppo, EPISODE_LENGTH, recorder, restore)
    assert recorder.at
    checkpoint.save(run.checkpoints_path, recorder.at, config, 2, 2)
    return recorder


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A run that is stopped in the middle of both its epochs, and goes on each time."""
    run = RunDir.create(tmp_path_factory.mktemp("runs"), SHORT)
    middle = PPO.updates_per_eval // 2
    stops = [middle, PPO.updates_per_eval + middle + 1]
    parts = [go_on(SHORT, run, limit) for limit in stops]
    assert [part.at.progress.updates for part in parts if part.at] == stops
    return run, [*parts, go_on(SHORT, run)]


def test_stopped_in_the_middle_it_ends_as_if_it_had_not_been(interrupted, trained):
    _, parts = interrupted
    assert trained.at
    # Parameters, normaliser, Adam, environments, random keys: all of it.
    assert_same(parts[-1].at.arrays, trained.at.arrays)
    rows = [row for part in parts for row in part.evaluations()]
    assert untimed(rows) == untimed(trained.evaluations())
    assert parts[-1].at.progress.best_reward == trained.at.progress.best_reward


def test_a_finished_run_that_is_lengthened_is_a_longer_run(interrupted):
    run, _ = interrupted
    longer = lengthened(SHORT, 1)
    assert longer.ppo.total_steps == PPO.total_steps * 3 // 2
    unbroken = Recorder()
    assert train(PointEnv(), longer.ppo, EPISODE_LENGTH, unbroken)
    resumed = go_on(longer, run)
    assert unbroken.at
    assert resumed.at
    assert_same(resumed.at.arrays, unbroken.at.arrays)
    assert untimed(resumed.evaluations()) == untimed(unbroken.evaluations()[-2:])


@pytest.fixture
def run(tmp_path, trained):
    """A run with the checkpoints of a whole training."""
    run = RunDir.create(tmp_path, SHORT)
    for snapshot in trained.saved.values():
        checkpoint.save(run.checkpoints_path, snapshot, SHORT, 2, 2, metrics_size=17)
    return run


def test_a_checkpoint_gives_back_all_that_was_saved(run, trained):
    source = checkpoint.newest(run)
    assert source
    last = trained.saved[PPO.total_steps]
    loaded = source.load(trained.saved[0])
    assert_same(loaded.arrays, last.arrays)
    assert loaded.progress == last.progress
    assert (source.step, source.metrics_size) == (PPO.total_steps, 17)
    dtypes = [str(x.dtype) for x in jax.tree.leaves(loaded.arrays)]
    assert dtypes == [str(x.dtype) for x in jax.tree.leaves(last.arrays)]


def flip(path, rng):
    data = bytearray(path.read_bytes())
    data[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
    path.write_bytes(data)


def files(path):
    return sorted(p for p in path.rglob("*") if p.is_file())


def test_a_flipped_bit_in_any_file_is_found_and_the_one_before_is_taken(run, trained):
    rng = np.random.default_rng(0)
    before, last = run.checkpoints()[-2:]
    kept = {p: p.read_bytes() for p in files(last.path) if p.stat().st_size}
    assert len(kept) > 10
    for path, good in kept.items():
        flip(path, rng)
        found = checkpoint.newest(run)
        assert found
        assert found.step == before.step, path
        assert last.path.name in found.damaged[0]
        if path.name != "SHA256SUMS":
            assert path.name in found.damaged[0]
        (last.path.parent / f"{last.path.name}.damaged").rename(last.path)
        path.write_bytes(good)
    whole = checkpoint.newest(run)
    assert whole
    assert whole.step == last.step


def test_policies_of_damaged_checkpoints_are_refused_by_name(run):
    path = run.checkpoints()[-1].path
    flip(max(files(path / "policy"), key=lambda p: p.stat().st_size), np.random.default_rng(1))
    with pytest.raises(ValueError, match=f"{path.name} is damaged: policy/.* has changed"):
        load_policy(path)


@pytest.mark.parametrize("how", ["missing", "truncated", "added"])
def test_missing_short_and_foreign_files_are_found(run, how):
    path = run.checkpoints()[-1].path
    victim = max(files(path / "state"), key=lambda p: p.stat().st_size)
    if how == "missing":
        victim.unlink()
    elif how == "truncated":
        victim.write_bytes(victim.read_bytes()[:-1])
    else:
        (path / "state" / "more").write_text("?")
    found = checkpoint.newest(run)
    assert found
    assert found.step < PPO.total_steps
    says = {"missing": "is missing", "truncated": "has changed", "added": "is new"}[how]
    assert says in found.damaged[0]


def test_with_no_whole_checkpoint_left_the_run_is_refused(run):
    for _, path in run.checkpoints():
        (path / "state" / "progress.json").unlink()
    with pytest.raises(Damaged, match="none left to resume from"):
        checkpoint.newest(run)


def test_a_checkpoint_of_another_environment_is_refused(run, trained):
    source = checkpoint.newest(run)
    assert source
    like = trained.saved[0]
    other = like._replace(env_state=like.env_state.replace(info={}))
    remedy = r"saved by another version or config.*evaluated and rolled out.*start a new run"
    with pytest.raises(ValueError, match=remedy):
        source.load(other)


def test_a_checkpoint_from_before_the_state_told_instability_is_refused_with_the_remedy(
    run, trained
):
    """It lacks an array that the state has now."""
    source = checkpoint.newest(run)
    assert source
    like = trained.saved[0]
    told = {**like.env_state.info, "unstable": np.zeros(PPO.num_envs, np.int32)}
    newer = like._replace(env_state=like.env_state.replace(info=told))
    with pytest.raises(ValueError, match="another version.*unstable.*start a new run"):
        source.load(newer)
    assert load_policy(source.path).step == source.step


def test_best_last_and_every_kth_are_kept_and_old_ones_lose_their_state(tmp_path):
    interval = PPO.updates_per_eval * PPO.steps_per_update
    steps = [0, interval, 2 * interval, 3 * interval, 3 * interval + 1280, 4 * interval]
    config = SHORT.changed(keep_every=2, keep_states=2)
    run = RunDir.create(tmp_path, config)
    for step in steps:
        (run.checkpoints_path / f"{step:012d}" / "state").mkdir(parents=True)
    prune(run.checkpoints(), config, best_step=interval)
    kept = {step: (path / "state").is_dir() for step, path in run.checkpoints()}
    assert kept == {
        0: False,
        interval: False,  # the best
        2 * interval: False,
        3 * interval + 1280: True,  # the one to fall back on
        4 * interval: True,
    }
    # 3 * interval is no second one, nor the best.
    assert len(list(run.checkpoints_path.iterdir())) == len(kept)


def test_progress_survives_json(trained):
    progress = trained.at.progress
    data = json.loads(json.dumps(progress.to_dict(), allow_nan=False))
    assert type(progress).from_dict(data) == progress


@pytest.mark.slow
@pytest.mark.timeout(900)  # four environments to compile
def test_the_real_ant_resumes_exactly_too(tmp_path):
    # Physics outside JAX: threads, MuJoCo's own memory, the solver's warm start.
    config = PRESETS["ant-smoke"].run
    ppo = config.ppo.changed(num_timesteps=8 * config.ppo.steps_per_update, num_evals=3)
    config = config.changed(ppo=ppo)
    run = RunDir.create(tmp_path, config)

    def part(limit=float("inf"), resume=True):
        # An environment of its own each time, as in another process.
        env = make_env(config.scene, config.task, "native")
        source = checkpoint.newest(run) if resume else None
        recorder = Recorder(limit=limit)
        train(env, ppo, config.task.episode_length, recorder, source.load if source else None)
        if resume:
            sizes = env.observation_size, env.action_size
            checkpoint.save(run.checkpoints_path, recorder.at, config, *sizes)
        return recorder

    unbroken = part(resume=False)
    parts = [part(2), part(5), part()]
    assert_same(parts[-1].at.arrays, unbroken.at.arrays)
    rows = [row for one in parts for row in one.evaluations()]
    assert untimed(rows) == untimed(unbroken.evaluations())
