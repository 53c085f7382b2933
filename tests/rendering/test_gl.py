"""The choice of an OpenGL backend, made by drawing in subprocesses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vnl_core.rendering import gl

needs_gl = pytest.mark.skipif(
    os.environ["MUJOCO_GL"] in gl.DISABLED,
    reason="no OpenGL on this machine: apt-get install libegl1 libgl1",
)
SCRIPT = """
import os, sys
from vnl_core.rendering import gl
print(gl.choose(), os.environ.get("MUJOCO_GL"), "mujoco" in sys.modules)
"""


def choose(cache: Path, code: str = SCRIPT, **environment: str) -> subprocess.CompletedProcess:
    """Run `code` as a fresh start with its own cache."""
    clean = {k: v for k, v in os.environ.items() if k not in ("MUJOCO_GL", "PYOPENGL_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        env={**clean, "VNL_CACHE_DIR": str(cache), **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine on which nothing has been chosen yet."""
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path))
    for name in ("MUJOCO_GL", "PYOPENGL_PLATFORM"):
        # Set first, so that what `choose` writes is undone even where nothing was set.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.delitem(sys.modules, "mujoco", raising=False)
    return tmp_path


def tries(monkeypatch: pytest.MonkeyPatch, *working: str) -> list[str]:
    """Make only `working` backends draw; returns the list of those that were tried."""
    tried: list[str] = []

    def probe(backend: str, timeout: float = gl.PROBE_TIMEOUT) -> gl.Probe:
        tried.append(backend)
        return gl.Probe(backend in working, "")

    monkeypatch.setattr(gl, "BACKENDS", ("egl", "osmesa", "glfw"))
    monkeypatch.setattr(gl, "probe", probe)
    return tried


@needs_gl
def test_probe_draws_with_the_chosen_backend_and_names_the_renderer():
    ok, detail = gl.probe(os.environ["MUJOCO_GL"])
    assert ok, detail
    assert detail


def test_probe_of_a_backend_that_does_not_exist_says_so():
    ok, detail = gl.probe("vulkan")
    assert not ok
    assert "vulkan" in detail


def test_probe_of_a_process_that_hangs_ends():
    ok, detail = gl.probe("egl", timeout=0.01)
    assert not ok
    assert "0.01 s" in detail


@needs_gl
def test_choice_comes_before_mujoco_and_a_picture_follows(tmp_path: Path):
    drawn = choose(tmp_path, SCRIPT + gl._DRAW)
    backend, variable, imported = drawn.stdout.splitlines()[0].split()
    assert drawn.returncode == 0, drawn.stderr
    assert backend == variable
    assert imported == "False"


def test_first_that_draws_is_taken_and_remembered(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    tried = tries(monkeypatch, "osmesa", "glfw")
    assert gl.choose() == "osmesa"
    assert os.environ["PYOPENGL_PLATFORM"] == "osmesa"
    assert tried == ["egl", "osmesa"]
    monkeypatch.delenv("MUJOCO_GL")
    assert gl.choose() == "osmesa"
    assert tried == ["egl", "osmesa"]


def test_failure_is_tried_anew_at_the_next_start(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    tries(monkeypatch)
    assert gl.choose() is None
    assert os.environ["MUJOCO_GL"] == "disable"
    monkeypatch.delenv("MUJOCO_GL")
    tries(monkeypatch, "egl")
    assert gl.choose() == "egl"


def test_existing_choice_is_respected(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    tried = tries(monkeypatch, "egl")
    monkeypatch.setenv("MUJOCO_GL", "OSMesa")
    assert gl.choose() == "osmesa"
    monkeypatch.setenv("MUJOCO_GL", "off")
    assert gl.choose() is None
    assert not tried


def test_choice_after_mujoco_is_refused(tmp_path: Path):
    late = choose(tmp_path, "import mujoco" + SCRIPT)
    assert late.returncode != 0
    assert "before an OpenGL backend was chosen" in late.stderr


def test_dm_control_imports_where_nothing_draws(tmp_path: Path):
    # Only pictures may be lost: scenes are built with dm_control, which refuses to be
    # imported with a backend that is not there.
    code = (
        "from vnl_core.rendering import gl; gl.probe = lambda b: gl.Probe(False, '');"
        "assert gl.choose() is None; import dm_control.mujoco"
    )
    done = choose(tmp_path, code)
    assert done.returncode == 0, done.stderr


def test_memory_is_kept_apart_by_display(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    gl.remember("glfw")
    assert gl.remembered() == "glfw"
    monkeypatch.delenv("DISPLAY")
    assert gl.remembered() is None


@pytest.mark.parametrize("text", ["", "[1]", "{"])
def test_damaged_memory_is_replaced(fresh: Path, text: str):
    (fresh / "gl.json").write_text(text)
    assert gl.remembered() is None
    gl.remember("egl")
    assert gl.remembered() == "egl"


def test_read_only_cache_costs_only_time(fresh: Path, monkeypatch: pytest.MonkeyPatch):
    blocked = fresh / "file"
    blocked.write_text("")
    monkeypatch.setenv("VNL_CACHE_DIR", str(blocked / "below"))
    tries(monkeypatch, "egl")
    assert gl.choose() == "egl"
