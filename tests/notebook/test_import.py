"""`import vnl_core`: light, before everything else, and the end of questions about OpenGL."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from fresh import run_fresh

import vnl_core
from vnl_core.rendering import gl

linux_with_gl = pytest.mark.skipif(
    sys.platform != "linux" or os.environ["MUJOCO_GL"] in gl.DISABLED,
    reason="OpenGL without a display is a matter of Linux, and needs libegl1 libgl1",
)
DRAW_TWICE = """
from vnl_core.config import SceneConfig
from vnl_core.scene import build
from vnl_core.rendering.gl_thread import render
scene = build(SceneConfig())
for _ in range(2):
    try:
        print(render(scene, width=64, height=48).std() > 10)
    except RuntimeError as error:
        print(error)
"""


def test_import_brings_nothing_along(tmp_path: Path):
    done = run_fresh(
        "import sys, vnl_core\n"
        "heavy = {'jax', 'mujoco', 'brax', 'dm_control', 'OpenGL', 'numpy', 'pydantic'}\n"
        "print(*sorted(heavy & set(sys.modules)), 'nothing')",
        tmp_path,
    )
    assert (done.stdout, done.stderr) == ("nothing\n", "")


def test_every_name_is_there_and_none_is_hidden_by_a_module():
    for name, home in vnl_core._HOME.items():
        assert getattr(vnl_core, name) is getattr(importlib.import_module(home), name)
        assert name in dir(vnl_core)
        assert importlib.util.find_spec(f"vnl_core.{name}") is None
    with pytest.raises(AttributeError, match="'nothing'.*build.*render.*train"):
        vnl_core.nothing  # noqa: B018


@linux_with_gl
def test_pictures_without_a_display_and_without_a_word_of_opengl(tmp_path: Path):
    done = run_fresh(DRAW_TWICE, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\nTrue\n", "")


@linux_with_gl
def test_mujocos_own_renderer_draws_after_the_import(tmp_path: Path):
    done = run_fresh("import vnl_core, mujoco\n" + gl._DRAW, tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a display is not asked for")
def test_mujoco_imported_first_is_told_and_ends_in_errors_not_in_an_abort(tmp_path: Path):
    done = run_fresh("import mujoco\n" + DRAW_TWICE, tmp_path)
    assert done.returncode == 0
    assert "Import vnl_core first, or set MUJOCO_GL" in done.stderr
    first, second = done.stdout.splitlines()
    assert first == second
    assert "no picture can be drawn" in first


def test_mujoco_imported_first_with_a_choice_is_fine(tmp_path: Path):
    chosen = os.environ["MUJOCO_GL"]
    done = run_fresh("import mujoco, vnl_core; vnl_core.build", tmp_path, MUJOCO_GL=chosen)
    assert (done.returncode, done.stderr) == (0, "")


def test_environments_are_in_braxs_registry_after_their_first_use(tmp_path: Path):
    done = run_fresh(
        "import vnl_core as vnl\n"
        "vnl.make_env\n"
        "import brax.envs\n"
        "env = brax.envs.get_environment('walker')\n"
        "print(isinstance(env, vnl.CorridorEnv), env.action_size)",
        tmp_path,
    )
    assert done.stdout.endswith("True 8\n"), done.stderr
