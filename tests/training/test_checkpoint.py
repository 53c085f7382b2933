"""Checkpoints: acting as trained, and refusing what is broken."""

import errno
import json
import shutil
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import tensorstore
from small_training import PPO

from vnl_core.config import RunConfig
from vnl_core.runs import checksums
from vnl_core.training.checkpoint import load_policy, save
from vnl_core.training.networks import make_networks, policy_function

STEP = PPO.total_steps


@pytest.fixture(scope="module")
def state(trained):
    return trained.saved[STEP].learning


@pytest.fixture(scope="module")
def path(tmp_path_factory, trained):
    folder = tmp_path_factory.mktemp("checkpoints")
    return save(folder, trained.saved[STEP], RunConfig(name="point", ppo=PPO), 2, 2)


@pytest.fixture
def copy(path, tmp_path):
    return shutil.copytree(path, tmp_path / path.name)


def test_a_loaded_policy_acts_as_in_training(path, state):
    loaded = load_policy(path)
    assert loaded.config == RunConfig(name="point", ppo=PPO)
    assert (loaded.step, loaded.observation_size, loaded.action_size) == (STEP, 2, 2)
    act = policy_function(make_networks(PPO, 2, 2), deterministic=True)
    observations = jnp.asarray(np.random.default_rng(0).uniform(-3, 3, (50, 2)), jnp.float32)
    key = jax.random.PRNGKey(0)
    np.testing.assert_array_equal(loaded(observations, key), act(state.params, observations, key))
    # And sensibly so: back to the origin.
    actions = np.asarray(loaded(jnp.array([[2.0, 0.0], [-2.0, 0.0]]), key))
    assert actions[0, 0] < -0.5
    assert actions[1, 0] > 0.5


def test_observations_are_normalised_as_trained(path, state):
    # Statistics of another world give other actions: so they are read, and used.
    observation = jnp.array([0.5, -0.5])
    key = jax.random.PRNGKey(0)
    loaded = load_policy(path)
    params: Any = loaded.params
    normalizer = params.normalizer
    np.testing.assert_array_equal(normalizer.mean, state.params.normalizer.mean)
    other = params.replace(normalizer=normalizer.replace(mean=normalizer.mean + 1.0))
    moved = loaded.act(other, observation, key)
    assert not np.allclose(moved, loaded(observation, key), atol=1e-3)


def test_samples_differ_and_the_mode_does_not(path):
    observation = jnp.array([0.5, -0.5])
    keys = [jax.random.PRNGKey(i) for i in range(2)]
    mode, sample = load_policy(path), load_policy(path, deterministic=False)
    np.testing.assert_array_equal(mode(observation, keys[0]), mode(observation, keys[1]))
    assert not np.allclose(sample(observation, keys[0]), sample(observation, keys[1]))


def test_saving_a_step_again_replaces_it_and_leaves_nothing_beside(copy, trained):
    save(copy.parent, trained.saved[STEP], RunConfig(name="again", ppo=PPO), 2, 2)
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]
    assert load_policy(copy).config.name == "again"


def test_a_save_that_fails_leaves_the_step_as_it_was_and_nothing_beside(copy, trained, monkeypatch):
    def full(folder, but=()):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(checksums, "write", full)
    with pytest.raises(OSError, match="No space left"):
        save(copy.parent, trained.saved[STEP], RunConfig(name="again", ppo=PPO), 2, 2)
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]
    assert load_policy(copy).config.name == "point"


def test_what_is_no_checkpoint_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match="runs/ID/checkpoints/STEP"):
        load_policy(tmp_path)


# Tensorstore complains a second time, from a thread.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_broken_checkpoints_are_refused(copy):
    # Sealed anew, so that it is not the seal that tells.
    sizes = copy / "sizes.json"
    good = sizes.read_text()
    sizes.write_text(json.dumps({**json.loads(good), "observation_size": 3}))
    checksums.write(copy, but=["state"])
    with pytest.raises(ValueError, match="is broken"):
        load_policy(copy)
    sizes.write_text(good)
    checksums.write(copy, but=["state"])
    load_policy(copy)
    shutil.rmtree(copy / "policy" / "d")
    checksums.write(copy, but=["state"])
    with pytest.raises(ValueError, match="is broken"):
        load_policy(copy)


def declare(folder, **changes):
    """Has an array of a checkpoint's policy declare something else, under sound checksums."""
    base = {"driver": "file", "path": str(folder / "policy")}
    store = tensorstore.KvStore.open({"driver": "ocdbt", "base": base}).result()
    key = next(key for key in store.list().result() if key.endswith(b"mean/.zarray"))
    described = json.loads(store.read(key).result().value)
    store.write(key, json.dumps({**described, **changes}).encode()).result()
    checksums.write(folder, but=["state"])


@pytest.mark.parametrize("changes", [{"chunks": [10**12]}, {"shape": [10**12]}])
def test_an_array_that_declares_more_than_is_expected_is_not_read(copy, changes):
    declare(copy)
    load_policy(copy)  # what was only written anew is read
    declare(copy, **changes)
    with pytest.raises(ValueError, match="mean declares .* of 4,000,000,000,000 bytes"):
        load_policy(copy)


def test_sizes_that_no_walker_has_are_not_made(copy):
    sizes = json.loads((copy / "sizes.json").read_bytes())
    (copy / "sizes.json").write_text(json.dumps({**sizes, "observation_size": 10**12}))
    checksums.write(copy, but=["state"])
    with pytest.raises(ValueError, match="no walker has"):
        load_policy(copy)


def test_a_checkpoint_with_a_link_is_not_read(copy, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (copy / "policy" / "more").symlink_to(tmp_path / "secret")
    with pytest.raises(ValueError, match="is not trusted: .*policy/more is a link"):
        load_policy(copy)
