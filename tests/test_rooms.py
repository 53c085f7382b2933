"""The rooms without JAX stay so when they run, not only where import-linter can see.

It cannot see all: mujoco.mjx is a part of mujoco, and a third package may bring JAX along.
"""

import subprocess
import sys

IMPORT_ALL = """
import importlib, pkgutil, sys
from vnl_core.rendering import gl
gl.choose()
for name in sys.argv[1:]:
    room = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
        importlib.import_module(module.name)
print(*sorted({"jax", "mujoco.mjx", "brax", "flax", "streamlit"} & set(sys.modules)))
"""


def brought_by(*rooms: str) -> set[str]:
    """What importing every module of `rooms` in a fresh process brings along."""
    command = [sys.executable, "-c", IMPORT_ALL, *rooms]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_rooms_start_without_jax_and_streamlit():
    rooms = ("load_config", "scene", "trajectory", "runs", "rendering", "viewer", "doctor", "cli")
    assert brought_by(*(f"vnl_core.{room}" for room in rooms)) == set()


def test_dashboard_starts_without_jax():
    assert brought_by("vnl_core.ui") == {"streamlit"}


def test_jax_behind_another_package_would_be_seen():
    assert brought_by("brax.base") >= {"brax", "jax"}
