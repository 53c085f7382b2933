"""Walkers by name: a lab's file becomes one, a broken file is told and harms no other."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from every import EXAMPLES
from hopper import CASES

from vnl_core.cli import main
from vnl_core.config import RunConfig
from vnl_core.presets import PRESETS
from vnl_core.scene.walkers import MjcfWalker, find_walker, known_walkers, refused_files


def test_an_unknown_walker_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"no walker 'cat'. Use one of ant, rodent, .*strider"):
        find_walker("cat")


def test_defaults_are_a_preset_or_a_whole_run_of_the_walker():
    for name, walker in known_walkers().items():
        run = walker.defaults
        assert run.scene.walker == name
        assert run == (PRESETS[run.preset].run if run.preset else run)
        assert RunConfig.model_validate_json(run.to_json()) == run


def test_every_preset_has_a_known_walker():
    assert {preset.run.scene.walker for preset in PRESETS.values()} <= known_walkers().keys()


def test_a_process_of_its_own_knows_the_labs_walker_too():
    done = subprocess.run(
        [sys.executable, "-m", "vnl_core", "walkers", "strider"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "12 dofs" in done.stdout
    assert "6 actuators" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_module", "no_such_module"),
        ("WALKER = 3", "defines no WALKER"),
        (
            "from vnl_core.scene.walkers import find_walker\nWALKER = find_walker('ant')",
            "there is a walker 'ant' already",
        ),
        (
            "from dataclasses import replace\nfrom vnl_core.scene.walkers import find_walker\n"
            "WALKER = replace(find_walker('ant'), name='bee')",
            "set walker='bee'",
        ),
    ],
)
def test_a_file_that_gives_no_walker_is_told_and_the_others_serve(
    tmp_path, monkeypatch, text, said
):
    bad = tmp_path / "bad.py"
    bad.write_text(text)
    monkeypatch.setenv("VNL_WALKERS", f"{bad}{os.pathsep}{EXAMPLES}")
    (reason,) = refused_files()
    assert str(bad) in reason
    assert said in reason
    assert "strider" in known_walkers()
    with pytest.raises(ValueError, match=r"bad\.py gives no walker"):
        find_walker("cat")


def test_a_wrong_name_in_ones_own_file_is_told_with_those_there_are():
    with pytest.raises(ValueError, match=r"no body 'pelvis'. Use one of torso, .*back_foot"):
        MjcfWalker(EXAMPLES / "strider.xml", "pelvis", (), ())


def broken(folder: Path) -> Path:
    """A walker's file that is read, and whose MJCF cannot be a walker."""
    file = folder / "broken.py"
    file.write_text(
        "from vnl_core.config import RunConfig, SceneConfig\n"
        "from vnl_core.scene.walkers import MjcfWalker, Walker\n"
        "WALKER = Walker('broken', 'Broken', 'Falls.', lambda: MjcfWalker(\n"
        f"    {str(CASES / 'planar-root.xml')!r}, 'torso', (), ()),\n"
        "    RunConfig(scene=SceneConfig(walker='broken')))\n"
    )
    return file


def test_one_broken_file_is_a_line_and_the_others_are_listed(tmp_path, monkeypatch):
    monkeypatch.setenv("VNL_WALKERS", f"{broken(tmp_path)}{os.pathsep}{EXAMPLES}")
    done = CliRunner().invoke(main, ["walkers"])
    assert done.exit_code == 0
    assert {line.split()[0] for line in done.stdout.splitlines()} >= {"ant", "rodent", "strider"}
    (line,) = done.stderr.splitlines()
    assert line.startswith("broken")
    assert "planar-root.xml" in line
    assert "root_x" in line
    rows = json.loads(CliRunner().invoke(main, ["walkers", "--json"]).stdout)
    assert "strider" in {row["name"] for row in rows}
    alone = CliRunner().invoke(main, ["walkers", "broken"])
    assert alone.exit_code == 1
    assert "Replace them by one <freejoint/>" in alone.output
    assert "Traceback" not in alone.output


def test_a_file_is_checked_before_it_is_a_walker():
    done = CliRunner().invoke(main, ["walkers", "--check", str(CASES / "pair-with-the-floor.xml")])
    assert done.exit_code == 0
    for said in ("10.4887", "leg_l, leg_r", "shank_l, shank_r", "eye", "knee_l, -1 to 1"):
        assert said in done.output
    assert "left out or changed: pair floor leg_l" in done.output
    refused = CliRunner().invoke(main, ["walkers", "--check", str(CASES / "planar-root.xml")])
    assert refused.exit_code == 1
    assert "root_pitch" in refused.output
