"""Copies a finished run to examples/runs, without what one only needs to go on training.

    .venv/bin/python scripts/ship-run.py RUN_DIR NAME

Kept are its config, every evaluation and each tenth of the rows between, and the policies and
videos of the first, the best and the last evaluation.
"""

import json
import shutil
import sys
from pathlib import Path

from vnl_core.runs import checksums
from vnl_core.runs.directory import RunDir
from vnl_core.runs.retention import STATE
from vnl_core.runs.shipped import SHIPPED


def ship(run: RunDir, target: Path) -> None:
    """Writes the pruned copy of `run` to `target`, which must not exist yet."""
    target.mkdir(parents=True)
    for path in (run.config_path, run.path / "exit.json"):
        shutil.copy2(path, target)
    status = json.loads(run.status_path.read_text()) | {"pid": None, "create_time": None}
    (target / "status.json").write_text(json.dumps(status, indent=2) + "\n")

    lines = run.metrics_path.read_text().splitlines(keepends=True)
    rows = [json.loads(line) for line in lines]
    rewards = {row["step"]: row["eval/episode_reward"] for row in rows if _evaluates(row)}
    thin = [line for i, line in enumerate(lines) if _evaluates(rows[i]) or i % 10 == 0]
    (target / "metrics.jsonl").write_text("".join(thin))

    kept = {min(rewards), max(rewards), max(rewards, key=lambda step: rewards[step])}
    for step, path in run.checkpoints():
        if step in kept:
            copy = target / "checkpoints" / path.name
            shutil.copytree(path, copy, ignore=shutil.ignore_patterns(STATE))
            # Orbax writes down where it saved; that folder is nobody's business.
            for note in copy.rglob("commit_success.txt"):
                note.write_text("Checkpoint commit was successful.\n")
            checksums.write(copy)
    (target / "media").mkdir()
    for step, path in run.videos():
        if step in kept:
            for file in path.parent.glob(f"{path.stem}.*"):
                shutil.copy2(file, target / "media")


def _evaluates(row: dict[str, float]) -> bool:
    return "eval/episode_reward" in row


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    ship(RunDir(Path(sys.argv[1]).resolve()), SHIPPED / sys.argv[2])
