"""Folders of runs that somebody with bad intentions might hand over, made of a sound one.

Each way to spoil a run takes its folder and a folder outside, in which nothing may change and of
which nothing may show: the file `secret` there has SECRET in it.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

from vnl_core.runs.shipped import SHIPPED

SECRET = "the-secret-of-the-owner"
ELSEWHERE = "http://elsewhere.invalid/picture.png"
MARKDOWN = f"![picture]({ELSEWHERE}) [here](javascript:alert(1)) <img src='{ELSEWHERE}'> **bold**"
STEP = "000006021120"

Spoil = Callable[[Path, Path], None]


def _link(name: str, to: str = "secret") -> Spoil:
    def spoil(run: Path, outside: Path) -> None:
        path = run / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(outside / to)

    return spoil


def _text(name: str, text: str | bytes) -> Spoil:
    def spoil(run: Path, outside: Path) -> None:
        (run / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    return spoil


def _linked_run(run: Path, outside: Path) -> None:
    shutil.move(run, outside / run.name)
    run.symlink_to(outside / run.name)


def _pipe(run: Path, outside: Path) -> None:
    os.mkfifo(run / "log.txt")


def _sparse(run: Path, outside: Path) -> None:
    os.truncate(run / "config.json", 1 << 36)


def _h5(change: Callable[[h5py.File, Path], None]) -> Spoil:
    def spoil(run: Path, outside: Path) -> None:
        with h5py.File(run / "media" / f"{STEP}.h5", "a") as file:
            change(file, outside)

    return spoil


def _external_link(file: h5py.File, outside: Path) -> None:
    del file["qpos"]
    file["qpos"] = h5py.ExternalLink(str(outside / "other.h5"), "/qpos")


def _soft_link(file: h5py.File, outside: Path) -> None:
    del file["qpos"]
    file["qpos"] = h5py.SoftLink("/reward")


def _external_storage(file: h5py.File, outside: Path) -> None:
    del file["reward"]
    stored = [(str(outside / "secret"), 0, len(SECRET))]
    file.create_dataset("reward", (len(SECRET),), np.uint8, external=stored)


def _virtual(file: h5py.File, outside: Path) -> None:
    shape = file["qpos"].shape
    del file["qpos"]
    layout = h5py.VirtualLayout(shape, np.float64)
    layout[:] = h5py.VirtualSource(str(outside / "other.h5"), "/qpos", shape)
    file.create_virtual_dataset("qpos", layout)


def _shape(file: h5py.File, outside: Path) -> None:
    short = file["root_position"][:, :2]
    del file["root_position"]
    file["root_position"] = short


def _length(file: h5py.File, outside: Path) -> None:
    short = file["reward"][:-7]
    del file["reward"]
    file["reward"] = short


def _walker(file: h5py.File, outside: Path) -> None:
    file.attrs["scene"] = file.attrs["scene"].replace('"ant"', '"nobody"')


def _huge(file: h5py.File, outside: Path) -> None:
    del file["reward"]
    file.create_dataset("reward", (10**12,), np.float32, chunks=(1024,))


def _markdown_everywhere(run: Path, outside: Path) -> None:
    _text("status.json", f'{{"state": "failed", "message": "{MARKDOWN}"}}')(run, outside)
    _text("exit.json", f'{{"state": "failed", "message": "{MARKDOWN}"}}')(run, outside)
    _text("log.txt", MARKDOWN)(run, outside)


UNTRUSTED: dict[str, Spoil] = {
    "linked-run": _linked_run,
    "linked-reserve": _link(".reserve"),
    "linked-lock": _link("lock"),
    "linked-log": _link("log.txt"),
    "linked-status": _link("status.json"),
    "linked-metrics": _link("metrics.jsonl"),
    "linked-config": _link("config.json"),
    "linked-media": _link("media", "."),
    "linked-checkpoints": _link("checkpoints", "."),
    "linked-video": _link(f"media/{STEP}.mp4"),
    "dangling-lock": _link("lock", "absent"),
    "pipe": _pipe,
}
BROKEN: dict[str, Spoil] = {
    "config-sparse": _sparse,
    "config-60-megabytes": _text("config.json", '{"name": "' + "x" * 60_000_000 + '"}'),
    "config-deep": _text("config.json", '{"task": ' * 100_000 + "1" + "}" * 100_000),
    "config-digits": _text("config.json", '{"threads": ' + "9" * 5_000 + "}"),
    "metrics-deep": _text(
        "metrics.jsonl", '{"step": 1, "a": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    ),
    "metrics-digits": _text(
        "metrics.jsonl", '{"step": ' + "9" * 4_000 + ', "eval/episode_reward": 1}\n'
    ),
    "metrics-utf-16": _text("metrics.jsonl", '{"step": 1}\n'.encode("utf-16")),
    "metrics-words": _text("metrics.jsonl", '{"step": 1, "eval/episode_reward": "<b>1</b>"}\n'),
    "metrics-name": _text(
        "metrics.jsonl",
        f'{{"step": 1, "eval/episode_reward": 1.0, "<img src={ELSEWHERE}>": 1.0}}\n',
    ),
    "status-negative": _text("status.json", '{"step": -5, "total_steps": 10}'),
    "status-digits": _text("status.json", '{"step": ' + "9" * 30 + ', "total_steps": 10}'),
    "status-deep": _text("status.json", "[" * 100_000),
    "markdown": _markdown_everywhere,
}
EPISODES: dict[str, Spoil] = {
    "external-link": _h5(_external_link),
    "external-storage": _h5(_external_storage),
    "virtual": _h5(_virtual),
    "huge": _h5(_huge),
    "soft-link": _h5(_soft_link),
    "shape": _h5(_shape),
    "length": _h5(_length),
    "walker": _h5(_walker),
    "no-hdf5": _text(f"media/{STEP}.h5", "not HDF5"),
}


ALL = {**UNTRUSTED, **BROKEN, **EPISODES}


def outside(folder: Path) -> Path:
    """A folder with what nobody but its owner may see."""
    folder.mkdir()
    (folder / "secret").write_text(SECRET)
    with h5py.File(folder / "other.h5", "w") as file:
        file["qpos"] = np.full((251, 15), 7.0)
    return folder


def make(name: str, runs_dir: Path, outside: Path) -> Path:
    """The folder of a run spoilt in the way `name`; its own name is the same."""
    run = runs_dir / name
    shutil.copytree(SHIPPED / "ant-gaps", run)
    ALL[name](run, outside)
    return run


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a folder, with its time and its content."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
