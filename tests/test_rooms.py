"""The rooms without JAX stay so when they run, not only where import-linter can see.

It cannot see all: mujoco.mjx is a part of mujoco, and a third package may bring JAX along.
"""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
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


def test_imports_run_in_no_circle():
    """Of modules, those inside functions included; a package's own __init__ gathers its modules."""
    graph: dict[str, set[str]] = {}
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "vnl_core").rglob("*.py")
        if "node_modules" not in path.parts
    }
    for name, path in names.items():
        tree = ast.parse(path.read_text())
        types_only = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for statement in node.body
            for inner in ast.walk(statement)
        }
        graph[name] = {
            found if (found := f"{node.module}.{alias.name}") in names else str(node.module)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node not in types_only
            for alias in node.names
        } & names.keys()
    order = TopologicalSorter(graph)
    order.prepare()  # raises CycleError, which names the circle
