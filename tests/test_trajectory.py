"""A trajectory tells what happened, and its three files tell it alike."""

import json
from pathlib import Path

import h5py
import mujoco
import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from vnl_core.config import Gaps, SceneConfig, TaskConfig
from vnl_core.config.terms import REWARDS
from vnl_core.envs import CorridorEnv
from vnl_core.runs.shipped import SHIPPED
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory, to_table, write_csv, write_parquet
from vnl_core.trajectory.compare import difference
from vnl_core.trajectory.observed import gaps, observe
from vnl_core.trajectory.schema import GROUPS, QUANTITIES, Axis
from vnl_core.trajectory.snippet import SNIPPET
from vnl_core.trajectory.terms import OURS, term

STEPS = 50
DOCS = Path(__file__).parents[1] / "docs" / "trajectory.md"
SCENE = build(SceneConfig(arena=Gaps(gap_length=0.3), corridor_length=12.0))


def walk() -> Trajectory:
    """An ant held 1 m up that moves 1 cm along x in each control step of 10 ms."""
    x = 5 + 0.01 * np.arange(STEPS + 1)
    qpos = np.tile(SCENE.qpos, (STEPS + 1, 1))
    qpos[:, 0], qpos[:, 2] = x, 1.0
    reward = np.arange(STEPS, dtype=float)
    return Trajectory.record(
        SCENE,
        task=TaskConfig(),
        engine="native",
        policy="checkpoint",
        checkpoint="ant-easy/1000",
        seed=3,
        control_timestep=0.01,
        time=0.01 * np.arange(STEPS + 1),
        qpos=qpos,
        qvel=np.zeros((STEPS + 1, 14)),
        root_position=np.stack([x, 0 * x, 1.0 + 0 * x], axis=1),
        ctrl=np.full((STEPS, 8), 0.5),
        reward=reward,
        rewards={"forward": reward},
        metrics={"gaps_crossed": (np.arange(STEPS) % 25 == 1).astype(float)},
        ended="fall",
    )


@pytest.fixture
def saved(tmp_path) -> Path:
    trajectory = walk()
    trajectory.save(tmp_path / "trajectory.h5")
    write_parquet(trajectory, tmp_path / "traces.parquet")
    write_csv(trajectory, tmp_path / "traces.csv")
    return tmp_path


def test_the_file_gives_it_back(saved):
    before, after = walk(), Trajectory.load(saved / "trajectory.h5")
    for name, value in vars(before).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(after, name))
        elif isinstance(value, dict) and name != "axes":
            assert value.keys() == getattr(after, name).keys()
            for key in value:
                np.testing.assert_array_equal(value[key], getattr(after, name)[key])
        else:
            assert value == getattr(after, name)
    assert ".trajectory" not in "".join(path.name for path in saved.iterdir())


def test_every_dataset_tells_its_unit_and_shape(saved):
    with h5py.File(saved / "trajectory.h5") as file:
        for quantity in QUANTITIES:
            data = file[quantity.name]
            assert isinstance(data, h5py.Dataset)
            assert data.attrs["unit"] == quantity.unit
            assert data.shape[0] == STEPS + (quantity.per == "state")
            assert ("columns" in data.attrs) == bool(quantity.columns)
            if quantity.columns:
                assert len(data.attrs["columns"]) == len(data.attrs["units"]) == data.shape[1]
        assert list(file["qpos"].attrs["units"][:8]) == ["m"] * 3 + ["-"] * 4 + ["rad"]


def walk_with_every_term() -> Trajectory:
    trajectory = walk()
    trajectory.rewards = dict.fromkeys(REWARDS, trajectory.reward)
    trajectory.metrics = dict.fromkeys(OURS, trajectory.reward)
    return trajectory


def test_every_dataset_and_column_has_a_unit_and_a_description(tmp_path):
    trajectory = walk_with_every_term()
    trajectory.save(tmp_path / "trajectory.h5")
    write_parquet(trajectory, tmp_path / "traces.parquet")
    told: dict[str, tuple[str, str]] = {}

    def look(name: str, item) -> None:
        if isinstance(item, h5py.Dataset):
            told[name] = (item.attrs["unit"], item.attrs["description"])

    with h5py.File(tmp_path / "trajectory.h5") as file:
        file.visititems(look)
    assert all(unit and text.endswith(".") for unit, text in told.values())
    assert told["metrics/x_position"][0] == "m"
    assert told["metrics/x_velocity"][0] == "m/s"
    columns = {field.name: field for field in parquet.read_schema(tmp_path / "traces.parquet")}
    for name, field in columns.items():
        unit, text = (field.metadata[key].decode() for key in (b"unit", b"description"))
        group = name.split("/")[0]
        source = name if group in GROUPS else group
        assert text == told[source][1], name
        assert unit and (source == group and "/" in name or unit == told[source][0]), name
    assert {f"{group}/{name}" for group in GROUPS for name in getattr(trajectory, group)} <= set(
        columns
    )


def test_a_metric_without_a_unit_is_refused_by_name(tmp_path):
    trajectory = walk()
    trajectory.metrics["warmth"] = trajectory.reward
    with pytest.raises(ValueError, match="metrics/warmth has no unit"):
        trajectory.save(tmp_path / "trajectory.h5")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="metrics/warmth has no unit"):
        to_table(trajectory)


@pytest.mark.parametrize("curriculum", [False, True])
def test_every_metric_of_the_environment_has_a_unit(curriculum):
    task = TaskConfig(rewards=dict.fromkeys(REWARDS, 1.0), terrain="new")
    names = CorridorEnv(SCENE, task.changed(curriculum=curriculum), "native").metric_kinds
    rewards = {name.removeprefix("reward/") for name in names if name.startswith("reward/")}
    metrics = {name for name in names if not name.startswith(("reward/", "ended/"))}
    assert rewards == set(REWARDS)
    assert metrics == set(OURS) - (set() if curriculum else {"difficulty"})


def test_the_shipped_trajectories_tell_their_units():
    for path in (SHIPPED / "ant-gaps" / "media").glob("*.h5"):
        with h5py.File(path) as file:
            assert file["metrics/x_position"].attrs["unit"] == "m"


def test_another_format_is_refused_with_the_remedy(saved):
    with h5py.File(saved / "trajectory.h5", "a") as file:
        file.attrs["format"] = 1
    with pytest.raises(ValueError, match="format 1, .* reads format 2. Roll it out again"):
        Trajectory.load(saved / "trajectory.h5")


def test_a_config_of_another_version_is_refused_with_the_remedy(saved):
    with h5py.File(saved / "trajectory.h5", "a") as file:
        task = json.loads(file.attrs["task"])
        file.attrs["task"] = json.dumps({**task, "gone": 1})
    with pytest.raises(ValueError, match="another version .*gone.* Roll it out again"):
        Trajectory.load(saved / "trajectory.h5")


def test_the_three_files_hold_the_same_numbers(saved):
    table, text = pd.read_parquet(saved / "traces.parquet"), pd.read_csv(saved / "traces.csv")
    assert list(table.columns) == list(text.columns)
    pd.testing.assert_frame_equal(table.astype(float), text.astype(float), check_dtype=False)
    with h5py.File(saved / "trajectory.h5") as file:
        joints = [f"qpos/{name}" for name in file["qpos"].attrs["columns"]]
        np.testing.assert_array_equal(table[joints], file["qpos"][()])
        effector = file["end_effectors"].attrs["columns"][1]
        np.testing.assert_array_equal(
            table[[f"end_effectors/{effector}/{part}" for part in "xyz"]],
            file["end_effectors"][:, 1],
        )
        # A row is a state; the step that led to it stands beside it.
        assert len(table) == STEPS + 1
        assert np.isnan(table["rewards/forward"][0])
        np.testing.assert_array_equal(table["rewards/forward"][1:], file["rewards/forward"][()])


def test_parquet_tells_units_and_where_it_comes_from(saved):
    schema = parquet.read_schema(saved / "traces.parquet")
    units = {field.name: field.metadata[b"unit"].decode() for field in schema}
    assert units["qpos/root/x"] == "m"
    assert units["qvel/front_left_hip"] == "rad/s"
    assert units["gap_distance"] == "m"
    assert json.loads(schema.metadata[b"scene"])["arena"]["gap_length"] == 0.3
    assert schema.metadata[b"checkpoint"] == b"ant-easy/1000"


def test_the_documentation_lists_every_quantity():
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: row for row in rows}
    for quantity in QUANTITIES:
        row = told[quantity.name]
        assert quantity.unit in row
        assert ("T + 1" in row) == (quantity.per == "state")
        assert quantity.text.rstrip(".") in row
    assert {f"{group}/<name>" for group in GROUPS} <= told.keys()
    for group, names in {"rewards": REWARDS, "metrics": OURS}.items():
        for name in names:
            unit, text = term(group, name)
            assert f"| {unit} | {text.rstrip('.')} |" in told[f"{group}/{name}"]
    assert len(to_table(walk_with_every_term()).schema.names) > len(told)


def test_end_effectors_are_where_mujoco_has_them():
    trajectory = walk()
    data = mujoco.MjData(SCENE.model)
    data.qpos[:] = trajectory.qpos[-1]
    mujoco.mj_forward(SCENE.model, data)
    for i, name in enumerate(SCENE.walker.end_effectors):
        np.testing.assert_allclose(trajectory.end_effectors[-1, i], data.body(name).xpos)


def test_feet_in_the_air_touch_nothing_and_on_the_ground_they_do():
    assert not walk().foot_contact.any()
    data, model = SCENE.data(), SCENE.model
    for _ in range(400):  # two seconds: a limp ant lies down
        mujoco.mj_step(model, data)
    lying = Trajectory.record(
        SCENE,
        **{
            name: getattr(walk(), name)
            for name in ("task", "engine", "policy", "seed", "control_timestep", "ctrl", "reward")
        },
        time=np.zeros(1),
        qpos=data.qpos[None].copy(),
        qvel=np.zeros((1, model.nv)),
        root_position=data.xpos[SCENE.root_id][None].copy(),
    )
    assert lying.foot_contact.any()
    assert lying.contacts[0] >= lying.foot_contact.sum()


def test_gaps_are_counted_from_the_root():
    first, second = SCENE.layout.gaps[:2]
    x = np.array([first.start - 0.5, first.start + 0.075, first.end + 0.1, 1e3])
    found = gaps(SCENE.layout, x)
    np.testing.assert_array_equal(found["gap"], [-1, 0, -1, -1])
    np.testing.assert_allclose(
        found["gap_distance"], [0.5, 0.0, second.start - first.end - 0.1, np.nan], atol=1e-6
    )
    np.testing.assert_allclose(found["gap_phase"], [np.nan, 0.25, np.nan, np.nan], atol=1e-6)


def test_summary_is_what_happened():
    trajectory = walk()
    np.testing.assert_allclose(trajectory.speed, 1.0)
    summary = trajectory.summary()
    assert summary.gaps_crossed == 2
    assert summary.distance == pytest.approx(0.5)
    assert summary.ended_by == ("a fall",)
    assert summary.labelled()["distance (m)"] == 0.5
    assert trajectory.who == "ant-easy at step 1,000"


def test_the_snippet_loads_all_three_files(saved, monkeypatch):
    assert SNIPPET in DOCS.read_text()
    monkeypatch.chdir(saved)
    loaded: dict = {}
    exec(SNIPPET, loaded)
    assert len(loaded["table"]) == STEPS + 1
    assert set(loaded["units"]) == set(loaded["table"].columns)
    assert loaded["qpos"].shape == (STEPS + 1, len(loaded["joints"]))
    exec(SNIPPET.replace('parquet("traces.parquet")', 'csv("traces.csv")', 1), loaded)
    assert len(loaded["table"]) == STEPS + 1


def test_the_difference_of_two_episodes_is_measured_in_metres_and_radians():
    one, other = walk(), walk()
    other.qpos = other.qpos.copy()
    other.root_position = other.root_position + [0, 0.03, 0]
    half = 0.001 / 2
    turn = np.array([np.cos(half), 0, 0, np.sin(half)])
    mujoco.mju_mulQuat(other.qpos[-1, 3:7], turn, one.qpos[-1, 3:7].copy())
    other.qpos[-1, 3:7] *= -1  # the same orientation
    other.qpos[:, 9] -= 0.2
    found = difference(one, other)
    np.testing.assert_allclose(found.root, 0.03)
    assert found.turn is not None
    np.testing.assert_allclose(found.turn, [*[0.0] * STEPS, 0.001], atol=1e-9)
    np.testing.assert_allclose(found.joints, 0.2)
    assert found.same_controls
    other.ctrl = other.ctrl + 0.01
    assert not difference(one, other).same_controls


@pytest.mark.parametrize(("walker", "joint"), [("rolling_ball", "roll"), ("jumping_ball", "kick")])
def test_a_walker_on_slides_has_no_quaternion_to_compare(walker, joint, tmp_path):
    ball = build(SceneConfig(walker=walker))
    qpos = np.tile(ball.qpos, (STEPS + 1, 1))
    root = np.tile(ball.data().xpos[ball.root_id], (STEPS + 1, 1))

    def episode(shift: float, angle: float) -> Trajectory:
        moved = qpos.copy()
        moved[:, 0] += shift
        moved[:, ball.model.joint(f"walker/{joint}").qposadr] += angle
        fields = {**vars(walk()), "qpos": moved, "root_position": root + [shift, 0, 0]}
        seen = observe(ball, moved, fields["root_position"])._asdict()
        made = Trajectory(**{**fields, **seen, "scene": ball.config})
        made.save(tmp_path / "trajectory.h5")  # what compares them reads files
        return Trajectory.load(tmp_path / "trajectory.h5")

    found = difference(episode(0.0, 0.0), episode(0.03, 0.2))
    np.testing.assert_allclose(found.root, 0.03)
    assert found.turn is None
    np.testing.assert_allclose(found.joints, 0.2)


def test_a_ball_joint_differs_by_the_angle_between_its_orientations():
    one, other = walk(), walk()
    names = ("root_x", "root_y", "root_z", "hip/qw", "hip/qx", "hip/qy", "hip/qz")
    for episode, angle in ((one, 0.0), (other, 0.4)):
        episode.axes = {**one.axes, "qpos": Axis(names, ("m",) * 3 + ("-",) * 4)}
        pose = [5, 0, 1, np.cos(angle / 2), np.sin(angle / 2), 0, 0]
        episode.qpos = np.tile(np.array(pose, float), (STEPS + 1, 1))
    found = difference(one, other)
    assert found.turn is None
    np.testing.assert_allclose(found.joints, 0.4)
