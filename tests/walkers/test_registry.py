"""Walkers by name: a lab's file becomes one, a broken file is told and harms no other."""

import os
import subprocess
import sys

import pytest
from every import EXAMPLES

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
