"""A study of the shipped ant, recorded, broken off, gone on with and copied elsewhere."""

import json
import shutil
from pathlib import Path

import h5py
import jax.numpy as jnp
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from vnl_core.cli import main
from vnl_core.config import Condition, StudyConfig, Subject
from vnl_core.jobs.study import record_study
from vnl_core.rollout import Cancelled
from vnl_core.runs import checksums
from vnl_core.runs.shipped import with_shipped
from vnl_core.study.folder import StudyDir
from vnl_core.study.schema import TABLES
from vnl_core.training.checkpoint import load_policy
from vnl_core.training.networks import make_networks

SHORT = ("task.episode_length=120", "scene.corridor_length=20")


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory) -> Path:
    return with_shipped(tmp_path_factory.mktemp("runs")).resolve()


@pytest.fixture(scope="module")
def config() -> StudyConfig:
    return StudyConfig(
        subjects=(Subject(run="ant-gaps"),),
        conditions=(
            Condition(name="narrow", settings=("scene.arena.gap_length=0.1", *SHORT)),
            Condition(name="wide", settings=("scene.arena.gap_length=0.9", *SHORT)),
        ),
        episodes=6,
        arrays=2,
        activations=True,
    )


@pytest.fixture(scope="module")
def study(runs_dir, config) -> StudyDir:
    study = StudyDir.create(runs_dir, config)
    record_study(study, runs_dir)
    return study


def test_the_tables_have_what_the_schema_says(study):
    for name, columns in TABLES.items():
        table = study.table(name)
        assert list(table.columns) == [column.name for column in columns]
        assert len(table)
    assert len(study.table("episodes")) == 12


def test_crossings_are_those_that_the_environment_counted(study):
    episodes = study.table("episodes").set_index(["condition", "episode"])
    encounters = study.table("encounters")
    crossed = encounters[encounters["outcome"] == "crossed"]
    counted = crossed.groupby(["condition", "episode"]).size()
    counted = counted.reindex(episodes.index, fill_value=0)
    np.testing.assert_array_equal(counted, episodes["gaps_crossed"])
    assert counted.sum() > 0


def test_seeds_are_paired_across_conditions(study):
    episodes = study.table("episodes")
    seeds = [list(rows["seed"]) for _, rows in episodes.groupby("condition")]
    assert seeds[0] == seeds[1] == list(range(1000, 1006))


def test_one_that_was_broken_off_ends_as_one_that_was_not(study, runs_dir, config):
    broken = StudyDir.create(runs_dir, config)

    def cancel_after_first(done, total):
        if done < total:
            broken.ask_to_cancel()

    with pytest.raises(Cancelled):
        record_study(broken, runs_dir, cancel_after_first)
    assert len(list((broken.path / "parts").iterdir())) == 1
    broken.cancel_path.unlink()
    record_study(broken, runs_dir)
    for name in TABLES:
        pd.testing.assert_frame_equal(broken.table(name), study.table(name))


def test_it_is_read_elsewhere_without_its_run(study, tmp_path):
    copy = StudyDir(shutil.copytree(study.path, tmp_path / "copy"))
    checksums.verify(copy.path, but=["status.json", "cancel", checksums.NAME])
    assert len(copy.table("episodes")) == 12
    (copy.path / "episodes.parquet").write_bytes(b"other")
    with pytest.raises(checksums.Damaged):
        checksums.verify(copy.path, but=["status.json", "cancel", checksums.NAME])


def test_what_is_recorded_is_what_braxs_own_networks_compute(study, runs_dir):
    run = max((runs_dir / "ant-gaps" / "checkpoints").glob("*[0-9]"))
    saved = load_policy(run)
    networks = make_networks(saved.config.ppo, saved.observation_size, saved.action_size)
    with h5py.File(study.part_path(0, 0, 0) / "arrays.h5") as file:
        assert sorted(file) == ["00000", "00001"]
        episode = {name: file["00000"][name][:] for name in ("observation", "action", "values")}
        mode = file["00000/action_mean"][:]
        hidden = {key: file[f"00000/{key}"] for key in ("policy", "value")}
        last = {key: group[max(group)][:] for key, group in hidden.items()}
    seen = jnp.asarray(episode["observation"])
    logits = networks.policy_network.apply(saved.params.normalizer, saved.params.policy, seen)
    value = networks.value_network.apply(saved.params.normalizer, saved.params.value, seen)
    # The last hidden layer through the last weights; single precision, in another order.
    for key, params, expected in (
        ("policy", saved.params.policy, logits),
        ("value", saved.params.value, value[:, None]),
    ):
        layers = params["params"]
        weights = layers[max(layers)]
        again = last[key] @ np.asarray(weights["kernel"]) + np.asarray(weights["bias"])
        np.testing.assert_allclose(again, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(episode["values"], value, rtol=1e-5, atol=1e-4)
    # It acted by its mode, in a batch of another size.
    np.testing.assert_allclose(episode["action"], mode, atol=1e-5)


def test_a_checkpoint_that_is_not_there_is_named(runs_dir, config):
    wrong = config.changed(subjects=(Subject(run="ant-gaps", step=17),))
    with pytest.raises(ValueError, match="no checkpoint at step 17"):
        record_study(StudyDir.create(runs_dir, wrong), runs_dir)


def test_a_setting_that_is_refused_names_its_field(runs_dir, config):
    wrong = config.changed(conditions=(Condition(name="x", settings=("scene.arena.gap=1",)),))
    with pytest.raises(ValueError, match=r"scene\.arena"):
        record_study(StudyDir.create(runs_dir, wrong), runs_dir)


def test_from_the_shell_to_the_figure(runs_dir, config, tmp_path):
    def vnl(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, [*words])
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.output

    file = tmp_path / "study.json"
    file.write_text(config.changed(episodes=2, arrays=0).to_json())
    told = json.loads(vnl("study", str(file), "--runs-dir", str(runs_dir)))
    assert StudyDir(Path(told["folder"])).status().state == "finished"
    assert [point["width_m"] for point in told["points"]] == pytest.approx([0.1, 0.9])
    assert told["w50_m"] is None
    assert "more widths" in told["note"]
    vnl("figures", told["folder"], "-o", str(tmp_path / "figures"))
    assert (tmp_path / "figures" / "crossing.pdf").read_bytes().startswith(b"%PDF")
    # The same folder again: nothing is left to record.
    assert json.loads(vnl("study", told["folder"], "--runs-dir", str(runs_dir))) == told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nobody"], "no run nobody"),
        (["ant-gaps", "--gaps", "0.1-0.5"], "LOW:HIGH:COUNT"),
        (["ant-gaps", "--gaps", "0.1:0.5:0"], "LOW:HIGH:COUNT"),
        (["ant-gaps", "--gaps", "0.1:0.5:2", "--step", "17"], "no checkpoint at step 17"),
        (["ant-gaps", "--gaps=-0.5:0.5:2"], "gap_length"),
        (["ant-gaps", "--episodes", "0"], "episodes"),
        (["ant-gaps", "--step", "17"], "no checkpoint at step 17"),
    ],
)
def test_the_shell_refuses_in_words(runs_dir, words, says):
    before = sorted(runs_dir.glob("studies/*"))
    done = CliRunner().invoke(main, ["study", *words, "--runs-dir", str(runs_dir)])
    assert done.exit_code == 1
    assert sorted(runs_dir.glob("studies/*")) == before
    assert says in done.output
    assert "Traceback" not in done.output
