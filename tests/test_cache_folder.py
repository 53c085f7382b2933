"""Whatever is cached for a user is in one folder, wherever that is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = """
from vnl_core.rendering import gl
gl.remember("egl")
from vnl_core.jobs.compilation_cache import use_compilation_cache
use_compilation_cache()
from vnl_core.supervision.queue import Ticket, queue_folder
Ticket.draw(queue_folder())
"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "home/.cache/vnl"),
        ({"XDG_CACHE_HOME": "{}/shared"}, "shared/vnl"),
        ({"XDG_CACHE_HOME": "relative"}, "home/.cache/vnl"),
        ({"XDG_CACHE_HOME": "{}/shared", "VNL_CACHE_DIR": "{}/own"}, "own"),
        ({"VNL_CACHE_DIR": "~/own"}, "home/own"),
    ],
)
def test_all_caches_are_in_one_folder(tmp_path: Path, variables, expected):
    names = ("VNL_CACHE_DIR", "XDG_CACHE_HOME", "JAX_COMPILATION_CACHE_DIR")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    given = {name: value.format(tmp_path) for name, value in variables.items()}
    (tmp_path / "home").mkdir()
    subprocess.run(
        [sys.executable, "-c", ASK],
        check=True,
        cwd=tmp_path,
        env={**clean, **given, "HOME": str(tmp_path / "home")},
    )
    here = tmp_path / expected
    queue = f"queue-{os.uname().nodename}"
    assert sorted(path.name for path in here.iterdir()) == ["gl.json", "jax", queue]
    for name in ("gl.json", "jax", queue):
        assert [path.parent for path in tmp_path.rglob(name)] == [here]
