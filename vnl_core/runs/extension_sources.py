"""A run keeps the source of what a lab added to its config: its terms and its arena.

The files are written when the run is made, with their checksums. So a run can be read years later,
and a training never goes on with another reward under the same name.
"""

from pathlib import Path

from vnl_core.config import RunConfig, extensions
from vnl_core.plain_files import read_plain
from vnl_core.runs import checksums

FOLDER = "extensions"


def keep(run: Path, config: RunConfig) -> None:
    """Writes the files that define the terms and the arena of `config`, as they were imported.

    Raises:
      OSError: the disk is full.
    """
    sources = _sources(config)
    if not sources:
        return
    folder = run / FOLDER
    folder.mkdir()
    for name, source in sources.items():
        (folder / name).write_bytes(source.text)
    checksums.write(folder)


def check(run: Path, config: RunConfig) -> None:
    """Holds the files that define the terms and the arena now to those the run began with.

    Raises:
      ValueError: one is another; says which, and where the run's own is.
      checksums.Damaged: the run's own copy has changed.
    """
    folder = run / FOLDER
    if not folder.is_dir():
        return
    checksums.verify(folder)
    for name, source in _sources(config).items():
        kept = folder / name
        if not kept.is_file() or read_plain(kept) != source.text:
            raise ValueError(
                f"{source.path} is not what the run began with. Train on with the run's own copy "
                f"({extensions.VARIABLE}={folder}), or start a new run."
            )


def hint(run: Path) -> str:
    """Where a run's own sources are, for a config that cannot be read without; empty for none."""
    folder = run / FOLDER
    if not folder.is_dir():
        return ""
    return f"The run keeps its own: {extensions.VARIABLE}={folder}"


def _sources(config: RunConfig) -> dict[str, extensions.Source]:
    """Files by the name that each has in the run; two of one name are told apart by a number."""
    used = [type(part) for part in (*config.task.terms, config.scene.arena)]
    sources = dict.fromkeys(source for cls in used if (source := extensions.source(cls)))
    found: dict[str, extensions.Source] = {}
    for source in sources:
        path = source.path
        name, count = path.name, 1
        while name in found:
            count += 1
            name = f"{path.stem}-{count}{path.suffix}"
        found[name] = source
    return found
