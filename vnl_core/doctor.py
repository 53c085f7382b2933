"""What this machine has and lacks: one line a thing, each with its remedy.

Nothing heavy is imported here: JAX, MuJoCo and OpenGL are asked in subprocesses, so that
a broken driver, or a package that cannot be imported, becomes a line and not a crash.
"""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, NamedTuple

from packaging.requirements import Requirement
from packaging.version import Version

from vnl_core.rendering import gl

Verdict = Literal["ok", "warn", "fail"]

# The packages whose versions matter to one another.
PACKAGES = ("mujoco", "mujoco-mjx", "dm_control", "jax", "brax", "streamlit")
REINSTALL = "Type: make setup"
# Importing JAX takes seconds, and a training beside it makes them many.
TIMEOUT = 120.0
GB = 1e9
# Free bytes below which a long run, and any run, may end for want of space.
LITTLE_DISK, SCARCE_DISK = 5 * GB, 0.5 * GB

_DEVICES = """
import collections, jax
kinds = collections.Counter(f"{d.platform} ({d.device_kind})" for d in jax.devices())
print(", ".join(f"{count} × {kind}" for kind, count in kinds.items()))
"""


class Check(NamedTuple):
    """One line of the table: what was looked at, what was found, and what to do about it."""

    name: str
    value: str
    ok: Verdict = "ok"
    remedy: str = ""


def report(runs_dir: Path) -> list[Check]:
    """Look at everything, the slow things side by side; takes about 5 s.

    Args:
      runs_dir: where runs are kept; it need not exist yet.
    """
    parts: list[Callable[[], list[Check]]] = [
        lambda: [python(sys.version_info[:3])],
        lambda: packages(installed_versions()),
        lambda: [requirements()],
        opengl,
        lambda: [jax_devices()],
        lambda: [ffmpeg()],
        lambda: [viewer_bundle()],
        lambda: [disk(runs_dir), runs_directory(runs_dir)],
    ]
    with ThreadPoolExecutor(len(parts)) as pool:
        return [check for part in pool.map(lambda look: look(), parts) for check in part]


def table(checks: list[Check]) -> str:
    """The checks as text: verdict, name and value in columns, a remedy below its line."""
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        lines.append(f"{check.ok:<4}  {check.name:<{width}}  {check.value}")
        if check.remedy:
            lines.append(f"{'':<4}  {'':<{width}}  → {check.remedy}")
    return "\n".join(lines)


def python(version: tuple[int, ...]) -> Check:
    """Whether this Python is one that all packages have wheels for."""
    text = f"{'.'.join(map(str, version))} on {platform.system()} {platform.machine()}"
    if (3, 11) <= version[:2] < (3, 13):
        return Check("Python", text)
    return Check("Python", text, "fail", "Use 3.11 or 3.12: make clean setup PYTHON=python3.12")


def installed_versions() -> dict[str, str | None]:
    """The installed version of each of PACKAGES, None where it is missing."""
    return {name: _version(name) for name in PACKAGES}


def packages(versions: Mapping[str, str | None]) -> list[Check]:
    """A line for each of PACKAGES, with the combinations that are known to fail."""
    known = {name: Version(version) for name, version in versions.items() if version}
    mujoco, mjx = known.get("mujoco"), known.get("mujoco-mjx")
    jax, brax = known.get("jax"), known.get("brax")
    trouble = {}
    if mujoco and mujoco >= Version("4") and "dm_control" in known:
        trouble["mujoco"] = (
            f"dm_control {known['dm_control']} cannot read MuJoCo 4's models. "
            "Install mujoco==3.17.0 and mujoco-mjx==3.17.0."
        )
    if mujoco and mjx and mujoco != mjx:
        trouble["mujoco-mjx"] = f"It must be of MuJoCo's version: install mujoco-mjx=={mujoco}."
    if jax and brax and jax >= Version("0.10") and brax <= Version("0.14.2"):
        trouble["jax"] = (
            f"ppo.train of brax {brax} needs jax.device_put_replicated, which jax 0.10 removed. "
            "Install jax==0.9.2 and jaxlib==0.9.2."
        )
    trouble.update({name: REINSTALL for name, version in versions.items() if version is None})
    return [
        Check(
            name, version or "missing", "fail" if name in trouble else "ok", trouble.get(name, "")
        )
        for name, version in versions.items()
    ]


def requirements(distribution: str = "vnl-gaps") -> Check:
    """Whether every package that the project names is there, in a version that it allows."""
    try:
        required = [Requirement(text) for text in importlib.metadata.requires(distribution) or []]
    except importlib.metadata.PackageNotFoundError:
        return Check("Requirements", f"{distribution} is not installed", "fail", REINSTALL)
    required = [r for r in required if r.marker is None or r.marker.evaluate({"extra": ""})]
    wrong = []
    for requirement in required:
        version = _version(requirement.name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement} (here: {version or 'missing'})")
    if wrong:
        return Check("Requirements", ", ".join(wrong), "fail", REINSTALL)
    return Check("Requirements", f"all {len(required)} as required")


def opengl() -> list[Check]:
    """A line for each OpenGL backend; the first that draws is remembered for later starts."""
    with ThreadPoolExecutor(len(gl.BACKENDS)) as pool:
        probes = dict(zip(gl.BACKENDS, pool.map(gl.probe, gl.BACKENDS), strict=True))
    working = [backend for backend, found in probes.items() if found.ok]
    gl.remember(working[0] if working else "disable")
    forced = os.environ.get("MUJOCO_GL", "").strip().lower()
    checks = [
        Check(f"OpenGL {backend}", f"draws with {found.detail}")
        if found.ok
        else Check(f"OpenGL {backend}", f"not needed ({found.detail})")
        if working
        else Check(f"OpenGL {backend}", found.detail, "warn")
        for backend, found in probes.items()
    ]
    if not working:
        remedy = "Pictures need it, nothing else: sudo apt-get install libegl1 libgl1"
        checks.append(Check("OpenGL", "no backend draws", "fail", remedy))
    elif forced and forced not in working:
        remedy = f"Restart with MUJOCO_GL unset, or set to {working[0]}."
        checks.append(Check("OpenGL", f"MUJOCO_GL={forced} draws nothing", "fail", remedy))
    return checks


def jax_devices() -> Check:
    """The devices that JAX finds, asked in a process of its own."""
    # Without preallocation the question takes no memory from a training on the same GPU.
    done = _ask([sys.executable, "-c", _DEVICES], XLA_PYTHON_CLIENT_PREALLOCATE="false")
    if isinstance(done, str):
        return Check("JAX devices", done, "fail", REINSTALL)
    found = done.stdout.strip()
    if "× cpu" in found:
        if shutil.which("nvidia-smi"):
            remedy = "To use the GPU: .venv/bin/uv pip install -e '.[gpu]'"
            return Check("JAX devices", f"{found}, though there is a GPU", "warn", remedy)
        return Check("JAX devices", f"{found}; training takes the native engine")
    return Check("JAX devices", found)


def ffmpeg() -> Check:
    """Whether the packaged ffmpeg runs and writes H.264, which browsers play."""
    try:
        import imageio_ffmpeg

        exe = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        return Check("ffmpeg", str(error), "fail", REINSTALL)
    done = _ask([exe, "-hide_banner", "-encoders"])
    if isinstance(done, str):
        return Check("ffmpeg", done, "fail", REINSTALL)
    if "libx264" not in done.stdout:
        remedy = "Unset IMAGEIO_FFMPEG_EXE: the packaged ffmpeg has it."
        return Check("ffmpeg", f"{exe} has no H.264 encoder", "fail", remedy)
    return Check("ffmpeg", f"{imageio_ffmpeg.get_ffmpeg_version()} with H.264")


def viewer_bundle() -> Check:
    """Whether the 3D viewer's client has been built."""
    built = Path(__file__).parent / "viewer" / "frontend" / "dist"
    if any(built.glob("*.js")) or any(built.glob("*/*.js")):
        return Check("3D viewer", "built")
    return Check("3D viewer", "not built", "warn", REINSTALL)


def disk(runs_dir: Path) -> Check:
    """Free space where the runs are kept."""
    free = shutil.disk_usage(_existing(runs_dir)).free
    verdict: Verdict = "fail" if free < SCARCE_DISK else "warn" if free < LITTLE_DISK else "ok"
    remedy = "" if verdict == "ok" else "Delete old runs, or name another --runs-dir."
    return Check("Free disk", f"{free / GB:.1f} GB for {runs_dir}", verdict, remedy)


def runs_directory(runs_dir: Path) -> Check:
    """Whether runs can be written, found by writing."""
    place = _existing(runs_dir)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        remedy = "Name another with --runs-dir or VNL_RUNS_DIR."
        return Check("Runs directory", f"{runs_dir}: {error.strerror}", "fail", remedy)
    return Check(
        "Runs directory", f"{runs_dir}{'' if place == runs_dir else ' (made when needed)'}"
    )


def _existing(path: Path) -> Path:
    """`path`, or the nearest folder above it that exists."""
    path = path.absolute()
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _ask(command: list[str], **environment: str) -> subprocess.CompletedProcess[str] | str:
    """Run `command`; the finished process, or in words why it did not finish well."""
    try:
        done = subprocess.run(
            command,
            check=False,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {TIMEOUT:g} s"
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return done
