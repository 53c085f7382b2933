"""The set-up asks nothing of the network twice, and what it says is true."""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from vnl_core.cli import main

ROOT = Path(__file__).parents[1]
VIEWER = Path("vnl_core/viewer/frontend")
INSTALL = "uv pip sync"
BUILD = "scripts/build-viewer"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout, as far as make looks at it."""
    names = (
        "Makefile",
        "pyproject.toml",
        "requirements.txt",
        "requirements-dev.txt",
        "packages.txt",
    )
    for name in names:
        shutil.copy(ROOT / name, tmp_path)
    ignored = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(ROOT / VIEWER, tmp_path / VIEWER, ignore=ignored)
    return tmp_path


def planned(folder: Path, target: str = "setup") -> str:
    """What `make` would do."""
    command = ["make", "--dry-run", target]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def pretend_done(folder: Path, target: str = "setup") -> None:
    """Leave the stamps that doing it would leave."""
    for stamps in re.findall(r"^touch (.+)$", planned(folder, target), re.MULTILINE):
        for stamp in stamps.split():
            path = folder / stamp
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


def test_second_setup_installs_nothing(checkout: Path):
    assert INSTALL in planned(checkout)
    pretend_done(checkout)
    assert INSTALL not in planned(checkout)


def test_newer_files_of_the_same_content_install_nothing(checkout: Path):
    # git gives every file it writes the time of the checkout.
    pretend_done(checkout)
    for file in checkout.iterdir():
        os.utime(file)
    assert INSTALL not in planned(checkout)


def test_changed_requirements_are_installed(checkout: Path):
    pretend_done(checkout)
    with (checkout / "requirements.txt").open("a") as file:
        file.write("six==1.17.0\n")
    assert INSTALL in planned(checkout)


def test_changed_viewer_is_built_and_nothing_else_done(checkout: Path):
    pretend_done(checkout)
    assert BUILD not in planned(checkout)
    (checkout / VIEWER / "src" / "new.js").write_text("export const a = 1;\n")
    assert BUILD in planned(checkout)
    assert INSTALL not in planned(checkout)


def test_moved_checkout_makes_a_new_environment(checkout: Path):
    pretend_done(checkout)
    moved = checkout.rename(checkout.with_name("moved"))
    assert "scripts/virtual-environment" in planned(moved)


def test_tools_serve_the_dashboard_too(checkout: Path):
    pretend_done(checkout, "check")
    assert INSTALL not in planned(checkout, "run")


def test_newer_requirements_leave_the_tools(checkout: Path):
    pretend_done(checkout, "check")
    with (checkout / "requirements.txt").open("a") as file:
        file.write("six==1.17.0\n")
    assert re.findall(f"{INSTALL}.* (.+)", planned(checkout, "run")) == ["requirements-dev.txt"]


@pytest.fixture
def debian(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Run scripts/debian-packages on a pretended Debian; returns what it said and did."""
    log = tmp_path / "log"
    commands = tmp_path / "bin"
    commands.mkdir()

    def run(*packages: str, installed: str, apt_works: bool = True) -> tuple[str, str]:
        fakes = {
            "dpkg-query": f'[[ " {installed} " == *" ${{@: -1}} "* ]] && echo "ii "',
            "sudo": '[[ $1 == --non-interactive ]] && shift; exec "$@"',
            "apt-get": f'echo "$@" >> {log}; {"true" if apt_works else "false"}',
        }
        for name, text in fakes.items():
            (commands / name).write_text(f"#!/usr/bin/env bash\n{text}\n")
            (commands / name).chmod(0o755)
        done = subprocess.run(
            [ROOT / "scripts" / "debian-packages", *packages],
            check=True,
            env={**os.environ, "PATH": f"{commands}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        return done.stderr, log.read_text() if log.exists() else ""

    return run


def test_installed_debian_packages_need_no_apt(debian: Callable[..., tuple[str, str]]):
    assert debian("libegl1", "libgl1", installed="libegl1 libgl1") == ("", "")


def test_only_missing_debian_packages_are_installed(debian: Callable[..., tuple[str, str]]):
    _, done = debian("libegl1", "libgl1", installed="libegl1")
    assert re.search(r"^install .*libgl1", done, re.MULTILINE)
    assert "libegl1" not in done


def test_failed_installation_says_what_to_type_and_goes_on(debian: Callable[..., tuple[str, str]]):
    said, _ = debian("libegl1", installed="", apt_works=False)
    assert "sudo apt-get install --yes --no-install-recommends libegl1" in said


def pins(name: str) -> dict[str, set[str]]:
    """The versions that a requirements file pins, one or more a package (by marker)."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if line and not line.lstrip().startswith("#"):
            requirement = Requirement(line)
            [specifier] = requirement.specifier
            assert specifier.operator == "=="
            found.setdefault(canonicalize_name(requirement.name), set()).add(specifier.version)
    return found


def test_pins_are_what_pyproject_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for file, asked in {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["dependency-groups"]["dev"],
    }.items():
        pinned = pins(file)
        for requirement in map(Requirement, asked):
            versions = pinned[canonicalize_name(requirement.name)]
            assert all(requirement.specifier.contains(version) for version in versions)


def test_tools_change_no_version_of_the_dashboard():
    base, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: tools.get(name) for name in base} == base


def test_readme_names_the_verbs_that_there_are():
    table = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    help_text = CliRunner().invoke(main, ["--help"]).output
    assert table == set(re.findall(r"^  (\w+) ", help_text.partition("Commands:")[2], re.MULTILINE))
