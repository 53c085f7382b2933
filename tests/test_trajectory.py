"""A trajectory's file gives it back, and its traces are what happened."""

import h5py
import numpy as np
import pytest

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.trajectory import Trajectory

STEPS = 5


def walk() -> Trajectory:
    """A walker that moves 1 cm along x in each control step of 10 ms."""
    x = 5 + 0.01 * np.arange(STEPS + 1)
    return Trajectory(
        scene=SceneConfig(gap_length=0.3),
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=3,
        control_timestep=0.01,
        time=0.01 * np.arange(STEPS + 1),
        qpos=np.tile(x[:, None], 15),
        qvel=np.zeros((STEPS + 1, 14)),
        root_position=np.stack([x, 0 * x, 0.5 + 0 * x], axis=1),
        ctrl=np.zeros((STEPS, 8)),
        reward=np.arange(STEPS, dtype=float),
        rewards={"forward": np.arange(STEPS, dtype=float)},
        metrics={"gaps_crossed": np.array([0, 1, 0, 1, 0.0])},
        ended="fall",
    )


def test_the_file_gives_it_back(tmp_path):
    before = walk()
    before.save(tmp_path / "t.h5")
    after = Trajectory.load(tmp_path / "t.h5")
    for name, value in vars(before).items():
        if isinstance(value, dict):
            assert value.keys() == getattr(after, name).keys()
            for key in value:
                np.testing.assert_array_equal(value[key], getattr(after, name)[key])
        elif isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(after, name))
        else:
            assert value == getattr(after, name)
    assert [path.name for path in tmp_path.iterdir()] == ["t.h5"]


def test_every_dataset_tells_its_unit(tmp_path):
    walk().save(tmp_path / "t.h5")
    with h5py.File(tmp_path / "t.h5") as file:
        assert file["root_position"].attrs["unit"] == "m"
        assert all("unit" in item.attrs for item in file.values() if isinstance(item, h5py.Dataset))


def test_another_format_is_refused(tmp_path):
    walk().save(tmp_path / "t.h5")
    with h5py.File(tmp_path / "t.h5", "a") as file:
        file.attrs["format"] = 99
    with pytest.raises(ValueError, match="format"):
        Trajectory.load(tmp_path / "t.h5")


def test_traces_and_summary_are_what_happened():
    traces = walk().traces()
    assert len(traces) == STEPS
    np.testing.assert_allclose(traces["forward speed (m/s)"], 1.0)
    assert traces["time (s)"].iloc[-1] == pytest.approx(0.05)
    assert list(traces["reward/forward"]) == list(range(STEPS))
    summary = walk().summary()
    assert summary["gaps crossed"] == 2
    assert summary["distance (m)"] == pytest.approx(0.05)
    assert summary["ended by"] == "fall"
