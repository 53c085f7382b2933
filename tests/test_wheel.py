"""A built wheel has all of the dashboard, and runs from any folder without the checkout."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from sysconfig import get_path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel, and this one's other packages."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).parent / "uv"
    build = [uv, "build", "--wheel", "--no-build-isolation", "--python", sys.executable]
    # So that the checkout stays as it is.
    (folder / "build.cfg").write_text(f"[build]\nbuild_base = {folder / 'build'}\n")
    aside = {**os.environ, "DIST_EXTRA_CONFIG": str(folder / "build.cfg")}
    command = [*build, "--out-dir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True, env=aside)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    install = [uv, "pip", "install", "--quiet", "--no-deps", "--offline", "--python", python]
    subprocess.run([*install, wheel], check=True)
    (packages,) = (folder / "env" / "lib").glob("python*/site-packages")
    # Files named *.pth there, such as the checkout's own, are not looked at.
    (packages / "others.pth").write_text(get_path("purelib") + "\n")
    return python.parent


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict:
    """Arguments for a process in an empty folder, with runs of its own."""
    own = {"VNL_RUNS_DIR": str(tmp_path / "runs"), "PYTHONPATH": ""}
    return {"cwd": tmp_path, "env": {**os.environ, **own}}


def test_the_shell_finds_the_package_and_the_shipped_run(installed: Path, elsewhere: dict):
    where = [installed / "python", "-c", "import vnl_core; print(vnl_core.__file__)"]
    assert "/env/lib/" in subprocess.check_output(where, text=True, **elsewhere)
    assert "ant-gaps" in subprocess.check_output(
        [installed / "vnl", "runs"], text=True, **elsewhere
    )


@pytest.fixture
def address(installed: Path, elsewhere: dict) -> Iterator[str]:
    """Of a running `vnl dashboard`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [installed / "vnl", "dashboard", "--port", str(port)]
    output = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=output, stderr=output, **elsewhere) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def fetched(url: str) -> str:
    """What `url` answers, once the server listens."""
    for _ in range(1200):
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{url} never answered")


def test_the_dashboard_opens_with_its_3d_view(address: str):
    assert fetched(f"{address}/_stcore/health") == "ok"
    assert "<title>Streamlit</title>" in fetched(f"{address}/train")
    assert "viewer.js" in fetched(f"{address}/viewer/index.html")
    assert len(fetched(f"{address}/viewer/viewer.js")) > 100_000
