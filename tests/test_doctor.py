"""What `vnl doctor` says of good machines and of bad ones."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from vnl_core import doctor
from vnl_core.doctor import Check
from vnl_core.rendering import gl

GOOD = {
    "mujoco": "3.17.0",
    "mujoco-mjx": "3.17.0",
    "dm_control": "1.0.50",
    "jax": "0.9.2",
    "brax": "0.14.2",
    "streamlit": "1.67.0",
}


def failing(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.remedy for check in checks if check.ok == "fail"}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> list[Check]:
    """What is said of the machine that runs the tests."""
    return doctor.report(tmp_path_factory.mktemp("runs"))


def test_this_machine_is_fit_for_the_tests(report: list[Check]):
    assert failing(report) == {}


def test_everything_promised_is_looked_at(report: list[Check]):
    names = " ".join(check.name for check in report)
    for thing in (*GOOD, "Python", "OpenGL egl", "JAX", "ffmpeg", "disk", "Runs directory"):
        assert thing in names


def test_everything_wrong_has_a_remedy(report: list[Check]):
    trouble = [check for check in report if check.ok == "fail" and not check.remedy]
    assert not trouble


def test_jax_is_asked_in_another_process():
    code = (
        "import sys; from pathlib import Path; from vnl_core import doctor;"
        "assert '×' in doctor.jax_devices().value; doctor.packages(doctor.installed_versions());"
        "assert not {'jax', 'mujoco', 'streamlit'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_pinned_versions_go_together():
    assert failing(doctor.packages(GOOD)) == {}


@pytest.mark.parametrize(
    ("package", "version", "remedy"),
    [
        ("mujoco", "4.0.1", "mujoco==3.17.0"),
        ("mujoco-mjx", "3.16.0", "mujoco-mjx==3.17.0"),
        ("jax", "0.10.0", "jax==0.9.2"),
        ("brax", None, "make setup"),
    ],
)
def test_combinations_that_fail_are_known(package: str, version: str | None, remedy: str):
    assert remedy in failing(doctor.packages({**GOOD, package: version}))[package]


def test_newer_brax_may_run_on_newer_jax():
    assert failing(doctor.packages({**GOOD, "jax": "0.10.2", "brax": "0.15.0"})) == {}


@pytest.mark.parametrize(
    ("version", "ok"), [((3, 10, 9), "fail"), ((3, 12, 1), "ok"), ((3, 13, 0), "fail")]
)
def test_python_without_wheels_is_refused(version: tuple[int, ...], ok: str):
    assert doctor.python(version).ok == ok


def test_requirements_of_a_distribution_that_is_not_there():
    assert doctor.requirements("no-such-distribution").ok == "fail"


def test_requirement_in_a_wrong_version_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "importlib.metadata.requires", lambda name: ["pydantic<2", "numpy; extra == 'x'"]
    )
    check = doctor.requirements()
    assert check.ok == "fail"
    assert "pydantic<2" in check.value
    assert "numpy" not in check.value


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Set which OpenGL backends draw on this machine."""
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("MUJOCO_GL", "")

    def draw(*working: str) -> None:
        monkeypatch.setattr(gl, "BACKENDS", ("egl", "osmesa", "glfw"))
        monkeypatch.setattr(gl, "probe", lambda backend: gl.Probe(backend in working, backend))

    return draw


def test_one_opengl_backend_is_enough_and_remembered(drawing):
    drawing("osmesa")
    assert {check.ok for check in doctor.opengl()} == {"ok"}
    assert gl.remembered() == "osmesa"


def test_no_opengl_names_the_packages_and_forgets(drawing):
    gl.remember("egl")
    drawing()
    assert "libegl1 libgl1" in failing(doctor.opengl())["OpenGL"]
    assert gl.remembered() is None


def test_forced_backend_that_does_not_draw_is_said(drawing, monkeypatch: pytest.MonkeyPatch):
    drawing("egl")
    monkeypatch.setenv("MUJOCO_GL", "glfw")
    assert "egl" in failing(doctor.opengl())["OpenGL"]


def test_ffmpeg_without_h264_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", "/bin/echo")
    assert "H.264" in doctor.ffmpeg().value
    assert doctor.ffmpeg().ok == "fail"


@pytest.mark.parametrize(("free", "ok"), [(1e8, "fail"), (2e9, "warn"), (1e11, "ok")])
def test_little_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, ok: str):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free))
    assert doctor.disk(tmp_path / "later").ok == ok


def test_runs_directory_need_not_exist(tmp_path: Path):
    check = doctor.runs_directory(tmp_path / "later" / "runs")
    assert check.ok == "ok"
    assert not (tmp_path / "later").exists()


def test_runs_directory_that_cannot_be_written_is_said(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    check = doctor.runs_directory(blocked / "runs")
    assert check.ok == "fail"
    assert "VNL_RUNS_DIR" in check.remedy


def test_table_puts_each_remedy_below_its_line():
    text = doctor.table([Check("mujoco", "4.0.0", "fail", "Install 3.17."), Check("jax", "0.9.2")])
    lines = text.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("→ Install 3.17.")
    assert lines[0].index("4.0.0") == lines[2].index("0.9.2")
