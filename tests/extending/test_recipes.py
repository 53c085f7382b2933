"""A lab's own terms, arena and page work as docs/extending.md says, and a run keeps them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from pydantic import ValidationError
from recipes import RECIPES, write
from streamlit.testing.v1 import AppTest

from vnl_core.config import ARENAS, RunConfig, SceneConfig, TaskConfig, extensions, problems
from vnl_core.config.task import REGISTRIES
from vnl_core.envs import CorridorEnv
from vnl_core.envs.layouts import draw
from vnl_core.load_config import load_run
from vnl_core.presets import PRESETS
from vnl_core.runs import extension_sources
from vnl_core.runs.directory import RunDir
from vnl_core.runs.table import list_runs
from vnl_core.scene import build
from vnl_core.training.evaluation import Evaluator
from vnl_core.training.networks import init_params, make_networks
from vnl_core.ui.charts.curves import panels

TERMS = ("upright.py", "foot_heights.py", "tilt.py", "stairs.py")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """The recipes' terms and arena in a folder of a lab's own, known for one test."""
    folder = tmp_path / "lab"
    folder.mkdir()
    monkeypatch.setenv(extensions.VARIABLE, write(folder, *TERMS))
    assert extensions.refused() == []
    yield folder
    for registry in (ARENAS, *REGISTRIES.values()):
        for name in list(registry):
            if extensions.source(registry.find(name)):
                registry.take_back(registry.find(name).__module__)
    extensions.forget()


def test_every_recipe_is_tried_here():
    assert set(RECIPES) == {*TERMS, "best_runs.py"}


def test_reward_observation_and_metric_are_what_they_say(lab):
    run = load_run(
        "ant-smoke",
        (
            "task.rewards.upright.weight=0.5",
            "task.rewards.upright.sharpness=2",
            "task.observations.foot_heights={}",
            "task.metrics.tilt={}",
        ),
    )
    env = CorridorEnv(run.scene, run.task.changed(reset_noise=0.0), "native")
    terms = env.observation_terms
    assert list(terms)[-1] == "foot_heights"
    assert terms["foot_heights"] == len(env.scene.walker.end_effectors)
    state = jax.jit(env.reset)(jax.random.PRNGKey(0))
    feet = np.asarray(state.pipeline_state.end_effectors)[:, 2]
    np.testing.assert_allclose(state.obs[-len(feet) :], np.clip(feet, -0.5, 0.5), rtol=1e-5)
    after = jax.jit(env.step)(state, jnp.zeros(env.action_size))
    # A plain calculation from MuJoCo's rotation matrix.
    data = env.scene.data()
    data.qpos[:] = np.asarray(after.pipeline_state.qpos)
    import mujoco

    mujoco.mj_kinematics(env.scene.model, data)
    upright = data.xmat[env.scene.root_id].reshape(3, 3)[2, 2]
    assert after.metrics["reward/upright"] == pytest.approx(0.5 * upright**2, rel=1e-4)
    assert after.info["values"]["tilt"] == pytest.approx(np.arccos(upright), abs=2e-3)
    assert env.metric_kinds["tilt"] == "mean"


def test_a_metric_reaches_evaluations_and_curves(lab):
    run = load_run("ant-smoke", ("task.metrics.tilt={}", "task.episode_length=5"))
    env = CorridorEnv(run.scene, run.task, "native")
    ppo = run.ppo.changed(num_eval_envs=2)
    networks = make_networks(ppo, env.observation_size, env.action_size)
    params = init_params(networks, env.observation_size, jax.random.PRNGKey(0))
    evaluator = Evaluator(env, ppo, 5, networks)
    evaluator.compile(params, jax.random.PRNGKey(1))
    found = evaluator.evaluate(params, jax.random.PRNGKey(1))
    assert found is not None
    assert 0 < found["eval/episode_tilt"] < np.pi
    figure = panels([{"step": 0, "time": 0.0, **found}], run.task)["Own metrics"]
    assert [line["name"] for line in figure.to_dict()["data"]] == ["tilt (rad)"]


def test_an_arena_is_built_previewed_and_drawn_anew(lab):
    config = PRESETS["ant-easy"].run.scene.changed(arena={"kind": "stairs", "rise": 0.05})
    layout = build(config).layout
    heights = [platform.height for platform in layout.platforms]
    np.testing.assert_allclose(np.diff(heights), 0.05, atol=1e-6)
    assert not layout.gaps
    drawn = draw(config, jax.random.PRNGKey(0)).layout()
    assert not drawn.gaps
    assert len(drawn.platforms) > 10
    np.testing.assert_allclose(np.diff([p.height for p in drawn.platforms]), 0.05, atol=1e-5)
    assert build(config, drawn).layout.platforms[5].height == pytest.approx(0.25, abs=1e-5)
    env = CorridorEnv(config, TaskConfig(terrain="new"), "native")
    state = jax.jit(env.step)(jax.jit(env.reset)(jax.random.PRNGKey(0)), jnp.zeros(8))
    assert np.isfinite(state.obs).all()


def test_they_are_in_the_form_with_unit_bounds_and_help(lab):
    def script():
        import streamlit as st

        from vnl_core.config import SceneConfig, TaskConfig
        from vnl_core.ui.forms import form

        form.edit(SceneConfig, st.session_state["scene"], ("arena",), "s")
        form.edit(TaskConfig, st.session_state["task"], ("rewards", "metrics"), "t")

    at = AppTest.from_function(script, default_timeout=20)
    at.session_state["scene"] = SceneConfig().model_dump(mode="json")
    at.session_state["task"] = TaskConfig().model_dump(mode="json")
    at.run()
    at.segmented_control(key="s.arena.kind").set_value("stairs").run()
    at.number_input(key="s.arena.rise.value").set_value(0.1).run()
    at.toggle(key="t.rewards.upright.used").set_value(True).run()
    sharpness = at.number_input(key="t.rewards.upright.sharpness")
    assert sharpness.label == "Upright: sharpness"
    assert "a slight tilt costs more" in sharpness.help
    sharpness.set_value(3.0).run()
    at.multiselect(key="t.metrics").set_value(["tilt"]).run()
    assert not at.exception
    scene = SceneConfig.model_validate(at.session_state["scene"])
    task = TaskConfig.model_validate(at.session_state["task"])
    assert (scene.arena.name, scene.arena.rise) == ("stairs", 0.1)
    assert (task.rewards["upright"].sharpness, list(task.metrics)) == (3.0, ["tilt"])


def test_a_run_keeps_its_terms_and_says_so_where_they_are_missing(lab, tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    config = RunConfig(task=TaskConfig(rewards={"upright": 1.0}))
    run = RunDir.create(runs, config)
    assert (run.path / "extensions" / "upright.py").read_text() == RECIPES["upright.py"]
    assert not (run.path / "extensions" / "stairs.py").exists()  # it does not use them
    extension_sources.check(run.path, config)
    (lab / "upright.py").write_text(RECIPES["upright.py"].replace("2.0 *", "3.0 *"))
    extension_sources.check(run.path, config)  # what was imported is still what the run has
    extensions.forget()
    REGISTRIES["rewards"].take_back(type(config.task.rewards["upright"]).__module__)
    with pytest.raises(ValueError, match="is not what the run began with"):
        extension_sources.check(run.path, RunConfig(task=TaskConfig(rewards={"upright": 1.0})))
    extensions.forget()
    REGISTRIES["rewards"].take_back(type(config.task.rewards["upright"]).__module__)
    monkeypatch.delenv(extensions.VARIABLE)
    with pytest.raises(ValidationError) as caught:
        run.config()
    assert "There is no reward “upright”" in str(problems(caught.value)[0])
    (row,) = list_runs(runs)
    assert f"VNL_EXTENSIONS={run.path}/extensions" in row.problem
    monkeypatch.setenv(extensions.VARIABLE, str(run.path / "extensions" / "upright.py"))
    assert run.config().to_json() == config.to_json()


def test_a_broken_file_is_named_and_hides_no_other(lab, monkeypatch):
    broken = lab.parent / "broken.py"
    broken.write_text(RECIPES["tilt.py"].replace("class Tilt", "class Lean") + "\n1 / 0\n")
    monkeypatch.setenv(extensions.VARIABLE, f"{broken}:{lab}")
    assert "lean" not in REGISTRIES["metrics"]
    assert "tilt" in REGISTRIES["metrics"]
    (reason,) = extensions.refused()
    assert str(broken) in reason
    assert "ZeroDivisionError" in reason


def test_an_installed_packages_terms_are_there_by_its_entry_point(tmp_path):
    """In a process of its own, as importlib.metadata finds a package that pip installed."""
    (tmp_path / "my_lab.py").write_text(RECIPES["tilt.py"])
    info = tmp_path / "my_lab-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-lab\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[vnl.extensions]\nlab = my_lab\n")
    script = """
from pathlib import Path
from vnl_core.config import RunConfig, TaskConfig
from vnl_core.runs.directory import RunDir
run = RunDir.create(Path("runs"), RunConfig(task=TaskConfig(metrics=["tilt"])))
print(sorted(path.name for path in (run.path / "extensions").iterdir()))
"""
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "['SHA256SUMS', 'my_lab.py']", done.stderr


def test_a_page_of_ones_own_is_in_the_navigation(tmp_path, monkeypatch):
    (tmp_path / "best_runs.py").write_text(RECIPES["best_runs.py"])
    monkeypatch.setenv("VNL_PAGES", str(tmp_path))
    monkeypatch.setenv("VNL_RUNS_DIR", str(tmp_path / "runs"))
    at = AppTest.from_file(str(tmp_path / "best_runs.py"), default_timeout=20).run()
    assert not at.exception
    assert at.info[0].value == "Train a policy on the page Train."
    RunDir.create(tmp_path / "runs", RunConfig(name="mine"))
    at.run()
    assert str(at.dataframe[0].value["run"][0]).startswith("mine-")
    from vnl_core.ui import navigation

    assert navigation.own_pages() == [tmp_path / "best_runs.py"]


def test_the_shell_lists_them(lab):
    from click.testing import CliRunner

    from vnl_core.cli import main

    found = json.loads(CliRunner().invoke(main, ["terms", "--json"]).stdout)
    assert found["rewards"]["upright"]["source"] == str(lab / "upright.py")
    assert found["metrics"]["tilt"]["unit"] == "rad"
    assert "[m]" in found["arenas"]["stairs"]["fields"]["tread"]
    assert found["rewards"]["forward"]["source"] == "vnl_core"
