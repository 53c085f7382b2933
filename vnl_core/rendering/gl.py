"""Which OpenGL backend draws on this machine: found by trying each one, then remembered.

MuJoCo and dm_control read MUJOCO_GL once, while they are imported, and dm_control cannot
be imported at all with a backend that is not there. So the choice is made in advance, in
subprocesses that draw a small picture, and `choose` comes before the first import of either.
"""

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from vnl_core.aside import replace_file
from vnl_core.cache_folder import cache_folder

# In order of preference: egl needs no display and uses a GPU if there is one,
# osmesa draws in software, glfw needs a display.
BACKENDS = ("egl", "osmesa", "glfw") if sys.platform == "linux" else ("glfw",)
# The values with which MuJoCo and dm_control go without OpenGL.
DISABLED = ("disable", "disabled", "off", "false", "0")
# A probe takes 1 s on an idle machine; a driver that hangs takes for ever.
PROBE_TIMEOUT = 60.0

# Draws a red sphere; a driver that starts but draws nothing leaves the picture dark.
_DRAW = """
import mujoco
from OpenGL import GL
model = mujoco.MjModel.from_xml_string(
    '<mujoco><worldbody><geom size=".5" rgba="1 0 0 1"/></worldbody></mujoco>'
)
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
with mujoco.Renderer(model, 32, 32) as renderer:
    renderer.update_scene(data)
    red = renderer.render()[16, 16, 0]
    assert red > 50, f"the picture is dark (red {red} of 255)"
    print(GL.glGetString(GL.GL_RENDERER).decode())
"""


class Probe(NamedTuple):
    """Whether a backend drew a picture, and the renderer's name or the error."""

    ok: bool
    detail: str


def choose() -> str | None:
    """Set MUJOCO_GL to a backend that works; call before MuJoCo is first imported.

    An existing MUJOCO_GL is respected. Otherwise the backends are tried in turn, about a
    second each, and the first that draws is remembered in `cache_folder()`, so that later
    starts cost nothing.

    Returns:
      The backend, or None where none works: then only pictures are lost, and MuJoCo
      and dm_control run with MUJOCO_GL=disable.

    Raises:
      RuntimeError: if MuJoCo was imported before, because it no longer listens.
    """
    backend = os.environ.get("MUJOCO_GL", "").strip().lower()
    if not backend:
        if "mujoco" in sys.modules:
            raise RuntimeError(
                "MuJoCo was imported before an OpenGL backend was chosen. "
                "Call vnl_core.rendering.gl.choose() first, or set MUJOCO_GL=egl."
            )
        backend = remembered() or next((b for b in BACKENDS if probe(b).ok), "disable")
        remember(backend)
    os.environ.update(_environment(backend))
    return None if backend in DISABLED else backend


def probe(backend: str, timeout: float = PROBE_TIMEOUT) -> Probe:
    """Draw a small picture with `backend` in a process of its own, in at most `timeout` s."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYOPENGL_PLATFORM"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _DRAW],
            check=False,
            env={**inherited, **_environment(backend)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return Probe(False, f"no picture within {timeout:g} s")
    if done.returncode == 0:
        return Probe(True, done.stdout.strip())
    if done.returncode < 0:
        return Probe(False, f"the process was killed by signal {-done.returncode}")
    lines = [line for line in done.stderr.splitlines() if line and not line[0].isspace()]
    # The last line at the margin may come from a destructor; the exception is before it.
    errors = [line for line in lines if "Error" in line.partition(":")[0]]
    error = (errors or lines or [f"exit status {done.returncode}"])[0]
    # So PyOpenGL says that it found no shared library.
    return Probe(False, "its library is not here" if "'NoneType' object" in error else error)


def remembered() -> str | None:
    """The backend that worked here before, or None."""
    try:
        return json.loads(_memory().read_text()).get(_machine())
    except (OSError, ValueError, AttributeError):
        return None


def remember(backend: str) -> None:
    """Keep `backend` for the next start; a failure is forgotten, so that it is tried anew."""
    path = _memory()
    try:
        known = json.loads(path.read_text())
        assert isinstance(known, dict)
    except (OSError, ValueError, AssertionError):
        known = {}
    kept = {**known, _machine(): backend}
    if backend in DISABLED:
        del kept[_machine()]
    if kept == known:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, lambda aside: aside.write_text(json.dumps(kept, indent=2) + "\n"))
    except OSError:
        # A read-only home costs the next start two seconds, nothing more.
        return


def _environment(backend: str) -> dict[str, str]:
    # PyOpenGL must be told too: MuJoCo refuses egl where PYOPENGL_PLATFORM says osmesa.
    variables = {"MUJOCO_GL": backend}
    if backend in ("egl", "osmesa"):
        variables["PYOPENGL_PLATFORM"] = backend
    return variables


def _memory() -> Path:
    return cache_folder() / "gl.json"


def _machine() -> str:
    # A home directory may be shared by machines with and without a GPU or a display.
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or "no display"
    versions = f"python {platform.python_version()}, mujoco {importlib.metadata.version('mujoco')}"
    return f"{platform.node()}, {display}, {versions}"
