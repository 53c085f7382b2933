"""Whoever writes a file or folder that others read leaves it whole or as it was, and no litter."""

import ast
import dataclasses
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vnl_core import aside
from vnl_core.aside import make_folder, replace_file
from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.rendering import gl
from vnl_core.rendering.video import write_gif
from vnl_core.runs.files import write_whole
from vnl_core.scene import build
from vnl_core.trajectory import Trajectory
from vnl_core.ui.server import pictures

PACKAGE = Path(aside.__file__).parent


def everything(folder: Path) -> dict[str, str]:
    """The files of `folder` and what is in them."""
    return {p.name: p.read_text() for p in folder.rglob("*") if p.is_file()}


def half_then_raise(path: Path) -> None:
    path.write_text("half")
    raise KeyboardInterrupt


def half_then_give_up(path: Path) -> bool:
    path.write_text("half")
    return False


def test_a_file_is_the_old_one_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_text("old")

    def write(beside: Path) -> int:
        assert beside.parent == tmp_path, "a rename from elsewhere is not one step"
        assert beside.name[0] == "."
        assert beside.suffix == ".mp4", "ffmpeg takes the format from it"
        beside.write_text("new")
        assert path.read_text() == "old"
        return 0  # such as the length of an empty text: written all the same

    assert replace_file(path, write)
    assert everything(tmp_path) == {"film.mp4": "new"}


def test_a_file_that_is_not_finished_leaves_the_old_one_and_no_litter(tmp_path):
    path = tmp_path / "status.json"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, half_then_raise)
    assert not replace_file(path, half_then_give_up)
    assert everything(tmp_path) == {"status.json": "old"}


def test_writers_at_the_same_time_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "trajectory.h5"

    def first(beside: Path) -> None:
        beside.write_text("first")
        # Another thread, which has the process's number too.
        replace_file(path, lambda other: other.write_text("second"))
        assert path.read_text() == "second"

    replace_file(path, first)
    assert everything(tmp_path) == {"trajectory.h5": "first"}


def test_a_file_has_the_mode_that_is_asked_for(tmp_path):
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "status.json", "for all to read")
        replace_file(tmp_path / "own", lambda path: path.write_text("as any new file"))
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == {"status.json": 0o644, "own": 0o600}


@pytest.mark.parametrize("sole", [False, True])
def test_a_folder_is_whole_or_absent(tmp_path, sole):
    path = tmp_path / "new" / "folder"

    def broken(beside: Path) -> None:
        assert beside.parent == path.parent
        half_then_raise(beside / "file")

    with pytest.raises(KeyboardInterrupt):
        make_folder(path, broken, sole)
    assert list(path.parent.iterdir()) == []
    assert make_folder(path, lambda beside: (beside / "file").write_text("first"), sole)
    assert not make_folder(path, lambda beside: (beside / "file").write_text("second"), sole)
    assert [p.name for p in path.parent.iterdir()] == ["folder"]
    assert everything(path) == {"file": "first"}


def test_what_a_killed_process_left_of_a_folder_goes_with_the_next_try(tmp_path):
    def killed(beside: Path) -> None:
        (beside / "half").write_text("")
        # As SIGKILL leaves it: nothing tidies up.
        beside.rename(tmp_path / "left")

    with pytest.raises(FileNotFoundError):
        make_folder(tmp_path / "000000001000", killed, sole=True)
    (tmp_path / "left").rename(tmp_path / ".000000001000")
    make_folder(tmp_path / "000000001000", lambda p: (p / "whole").touch(), sole=True)
    assert [p.name for p in tmp_path.iterdir()] == ["000000001000"]
    assert everything(tmp_path / "000000001000") == {"whole": ""}


def save_an_episode(path: Path) -> None:
    scene = build(SceneConfig(walker="rolling_ball"))
    qpos = np.tile(scene.qpos, (3, 1))
    episode = Trajectory.record(
        scene,
        task=TaskConfig(),
        engine="native",
        policy="zero",
        seed=0,
        control_timestep=0.01,
        time=np.arange(3) * 0.01,
        qpos=qpos,
        qvel=np.zeros((3, scene.model.nv)),
        root_position=qpos[:, :3],
        ctrl=np.zeros((2, scene.model.nu)),
        reward=np.zeros(2),
    )
    # Without a unit: found after the arrays are written.
    dataclasses.replace(episode, metrics={"unheard of": np.zeros(2)}).save(path)


def make_a_gif(path: Path) -> None:
    path.with_name("no-film.mp4").write_text("no video")
    try:
        write_gif(path.with_name("no-film.mp4"), path)
    finally:
        path.with_name("no-film.mp4").unlink()


@pytest.mark.parametrize(
    ("write", "error"), [(save_an_episode, ValueError), (make_a_gif, RuntimeError)]
)
def test_a_writer_that_fails_midway(tmp_path, write: Callable[[Path], None], error):
    (tmp_path / "file").write_text("old")
    with pytest.raises(error):
        write(tmp_path / "file")
    assert everything(tmp_path) == {"file": "old"}


def remember(path: Path) -> None:
    gl.remember("egl")


def keep_a_picture(path: Path) -> None:
    video = path.with_name("video.mp4")
    video.write_text("film")
    os.utime(path, (0, 0))
    assert pictures.picture_of(video, "thumbnail") == b"a picture"
    video.unlink()


@pytest.mark.parametrize(
    ("name", "write"), [("gl.json", remember), ("video.thumbnail.jpg", keep_a_picture)]
)
def test_a_full_disk_costs_what_is_only_kept_for_speed_nothing(tmp_path, monkeypatch, name, write):
    monkeypatch.setenv("VNL_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(pictures._MAKERS, "thumbnail", lambda file: b"a picture")
    (tmp_path / name).write_text("old")

    def full(path: Path, *args) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text" if write is remember else "write_bytes", full)
        write(tmp_path / name)
    assert everything(tmp_path) == {name: "old"}


def test_nobody_else_renames_what_they_wrote():
    """Renames elsewhere take something away, or give a name to what is locked or unpacked."""
    others = {
        "runs/directory.py",  # a run that is deleted
        "runs/retention.py",  # a checkpoint that is deleted
        "training/checkpoint.py",  # a damaged one
        "supervision/queue.py",  # a ticket, locked before it has its name
        "runs/shipped.py",  # several runs out of one folder
    }
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name("os"), attr="replace" | "rename")):
                    found.add(path.relative_to(PACKAGE).as_posix())
                case ast.Call(func=ast.Attribute(attr="rename"), args=[_]):
                    found.add(path.relative_to(PACKAGE).as_posix())
                case ast.Call(func=ast.Attribute(attr="replace"), args=[_], keywords=[]):
                    found.add(path.relative_to(PACKAGE).as_posix())
    assert found == {*others, "aside.py"}
