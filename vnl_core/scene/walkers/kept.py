"""Walkers that were imported on the page: a folder each, beside the runs.

    <runs>/walkers/<name>/walker.json    what makes it a walker
    <runs>/walkers/<name>/files/...      its MJCF and meshes, as they were uploaded
    <runs>/walkers/.incoming/<hash>/     the same of one that is looked at and not yet kept

Beside the runs, because every process of the dashboard is told where these are.
"""

import hashlib
import os
import shutil
import time
from pathlib import Path

from pydantic import field_validator

from vnl_core.aside import make_folder, replace_file
from vnl_core.config import RunConfig
from vnl_core.config.base import Config
from vnl_core.plain_files import NotTrusted, first_fault, read_plain
from vnl_core.scene.walkers.guess import Parts
from vnl_core.scene.walkers.mjcf_walker import MjcfWalker
from vnl_core.scene.walkers.walker import Walker

# What was looked at and not kept stays so long, for a page that is still open.
_INCOMING_HOURS = 24
STAGED = "import_"


class Record(Config):
    """The contents of a walker.json."""

    title: str
    description: str
    file: str
    """The MJCF, from the folder of the record."""
    root_body: str
    end_effectors: tuple[str, ...]
    feet: tuple[str, ...]
    egocentric_camera: str | None = None
    keyframe: str | None = None
    defaults: RunConfig

    @field_validator("file")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        if Path(value).is_absolute() or ".." in Path(value).parts:
            raise ValueError("the file lies outside the walker's folder")
        return value

    def parts(self) -> Parts:
        """What MjcfWalker is made with."""
        return Parts(
            self.root_body,
            self.end_effectors,
            self.feet,
            self.egocentric_camera,
            self.keyframe,
        )


def folder() -> Path:
    """Where kept walkers are: walkers/ in $VNL_RUNS_DIR, or in ./runs."""
    return Path(os.environ.get("VNL_RUNS_DIR") or "runs").resolve() / "walkers"


def records() -> list[Path]:
    """The walker.json of every kept walker, by name."""
    # A folder with a dot is being made, or was when its process was killed.
    return sorted(p for p in folder().glob("*/walker.json") if p.parent.name[0] != ".")


def read(path: Path) -> Walker:
    """The walker of a record.

    Raises:
      OSError: the record cannot be read.
      ValueError: it is none.
    """
    if fault := first_fault(path.parent):
        raise NotTrusted(f"{fault} A kept walker's folder has plain files only.")
    record = Record.model_validate_json(read_plain(path))
    file, parts = path.parent / record.file, vars(record.parts())
    return Walker(
        record.defaults.scene.walker,
        record.title,
        record.description,
        lambda: MjcfWalker(file, **parts),
        record.defaults,
    )


def staged(name: str) -> Walker | None:
    """The walker of that name which is looked at and not yet kept, if there is one."""
    if not name.startswith(STAGED):
        return None
    return next((read(path) for path in folder().glob(f".incoming/*/{name}.json")), None)


def incoming(content: bytes) -> Path:
    """The folder of an upload, by its contents; what others left a day ago is removed."""
    everything = folder() / ".incoming"
    if everything.is_dir():
        for old in everything.iterdir():
            if time.time() - old.stat().st_mtime > _INCOMING_HOURS * 3600:
                shutil.rmtree(old, ignore_errors=True)
    return everything / hashlib.sha256(content).hexdigest()[:16]


def stage(upload: Path, record: Record) -> str:
    """Writes `record` beside the files of `upload`, and gives the name to build it by."""
    digest = hashlib.sha256(f"{upload.name} {record.model_dump_json()}".encode()).hexdigest()
    name = f"{STAGED}{digest[:12]}"
    _write(upload / f"{name}.json", record, name)
    return name


def keep(upload: Path, record: Record, name: str) -> Path:
    """Makes the files of `upload` and `record` the walker `name`.

    Raises:
      ValueError: there is a walker of that name.
      OSError: the folder cannot be written.
    """
    target = folder() / name

    def fill(aside: Path) -> None:
        shutil.copytree(upload / "files", aside / "files")
        _write(aside / "walker.json", record, name)

    if target.exists() or not make_folder(target, fill):
        raise ValueError(f"There is a walker {name!r} already. Choose another name.")
    return target


def _write(path: Path, record: Record, name: str) -> None:
    run = record.defaults.changed(name=name, scene=record.defaults.scene.changed(walker=name))
    text = record.changed(defaults=run).to_json()
    replace_file(path, lambda aside: aside.write_text(text))
