"""All runs of a folder as rows, and what sets two configs apart."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from vnl_core.config import Config, Rule, RunConfig, problems
from vnl_core.runs import extension_sources
from vnl_core.runs.directory import RunDir
from vnl_core.runs.files import Created, created
from vnl_core.runs.status import Status


@dataclass(frozen=True)
class RunRow:
    """One run, as a table shows it."""

    run: RunDir
    status: Status
    name: str
    """Name in the config; the directory's where the config is broken."""
    config: RunConfig | None
    """None where config.json is missing or broken."""
    problem: str
    """Why the config cannot be read; empty where it can."""
    created: Created
    """When its directory was made."""

    @property
    def age(self) -> float:
        """Seconds since the run was created."""
        return max(0.0, time.time() - self.created.time)

    def to_dict(self) -> dict[str, Any]:
        """Flat values for a table or for JSON."""
        return {
            "id": self.run.id,
            "name": self.name,
            "preset": self.config.preset if self.config else "",
            "state": self.status.state,
            "phase": self.status.phase,
            "step": self.status.step,
            "total_steps": self.status.total_steps,
            "reward": self.status.reward,
            "best_reward": self.status.best_reward,
            "env_steps_per_second": self.status.env_steps_per_second,
            "age": round(self.age, 1),
            "message": self.problem or self.status.message,
            "path": str(self.run.path),
        }


def list_runs(runs_dir: Path) -> list[RunRow]:
    """The runs in `runs_dir`, newest first and then by name; other folders are passed over."""
    if not runs_dir.is_dir():
        return []
    runs = (RunDir(path) for path in runs_dir.resolve().iterdir() if path.name[0] != ".")
    rows = []
    for run in runs:
        try:
            if run.exists():
                rows.append(_row(run))
        except FileNotFoundError:
            pass  # Deleted while we looked.
    return sorted(rows, key=lambda row: row.created, reverse=True)


def _row(run: RunDir) -> RunRow:
    status = run.status()
    if status.state == "not trusted":
        return RunRow(run, status, run.id, None, status.message, _age(run.path))
    config, problem = None, ""
    try:
        config = run.config()
    except ValidationError as error:
        problem = f"config.json is broken: {problems(error)[0]} {extension_sources.hint(run.path)}"
    except OSError as error:
        problem = f"config.json cannot be read: {error.strerror}."
    name = config.name if config else run.id
    return RunRow(run, status, name, config, problem, created(run.path))


def _age(path: Path) -> Created:
    """When a folder that is not looked into was made."""
    return Created(path.lstat().st_mtime, path.name, 1)


class Difference(NamedTuple):
    """A field in which two configs differ; None where one of them lacks it."""

    field: str
    a: Any
    b: Any


def config_difference(a: Config, b: Config) -> list[Difference]:
    """The fields in which `a` and `b` differ, dotted ("scene.gap_length"), in config order."""
    left, right = dict(_flat("", a)), dict(_flat("", b))
    names = list(left) + [name for name in right if name not in left]
    return [
        Difference(name, left.get(name), right.get(name))
        for name in names
        if left.get(name) != right.get(name)
    ]


def _flat(prefix: str, value: Any) -> list[tuple[str, Any]]:
    # A rule is one value to the user, like the number it stands for.
    if isinstance(value, Rule) or not (isinstance(value, dict) or hasattr(value, "to_json")):
        return [(prefix, value)]
    dot = f"{prefix}." if prefix else ""
    items = value.items() if isinstance(value, dict) else iter(value)
    return [leaf for key, inner in items for leaf in _flat(f"{dot}{key}", inner)]
