"""Records a study, batch after batch of episodes; what is finished is kept and never done again."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vnl_core.config import RunConfig, StudyConfig
from vnl_core.load_config import load_run
from vnl_core.rollout.recorder import Recorder
from vnl_core.runs.directory import RunDir
from vnl_core.study.folder import StudyDir, write_part

# Episodes simulated at once: enough to occupy the processors, few enough for the memory.
BATCH = 64

OnProgress = Callable[[int, int], None]
"""Told how many of all episodes are recorded."""


class Resolved(NamedTuple):
    """A subject's checkpoint as it was found."""

    run: RunDir
    step: int
    path: Path


def resolve(config: StudyConfig, runs_dir: Path) -> list[Resolved]:
    """The checkpoints that `config` names.

    Raises:
      ValueError, FileNotFoundError: there is no such run or checkpoint; the message names it.
    """
    found = []
    for subject in config.subjects:
        run = RunDir.find(runs_dir, subject.run)
        steps = {made.step: made.path for made in run.checkpoints()}
        if not steps:
            raise ValueError(f"subjects: {run.id} has no checkpoint yet. Wait for its first one.")
        step = max(steps) if subject.step is None else subject.step
        if step not in steps:
            raise ValueError(
                f"subjects: {run.id} has no checkpoint at step {step}. It has "
                f"{', '.join(map(str, steps))}."
            )
        found.append(Resolved(run, step, steps[step]))
    return found


def conditions(config: StudyConfig, subject: Resolved) -> list[RunConfig]:
    """The subject's run as each condition changes it.

    Raises:
      vnl_core.load_config.SourceError: a setting is refused; the message names the field.
    """
    source = str(subject.run.config_path)
    return [load_run(source, condition.settings) for condition in config.conditions]


def record_study(
    study: StudyDir,
    runs_dir: Path,
    on_progress: OnProgress = lambda done, total: None,
) -> None:
    """Records what `study` lacks, then puts its tables together.

    Raises:
      Cancelled: the folder holds the file `cancel`.
      ValueError, OSError: a checkpoint or a condition does not fit, or the disk is full. What was
        recorded stays.
    """
    config = study.config()
    subjects = resolve(config, runs_dir)
    # All conditions before the first episode: a wrong one shows at once.
    configs = [conditions(config, subject) for subject in subjects]
    total = len(subjects) * len(config.conditions) * config.episodes
    done = 0
    for s, subject in enumerate(subjects):
        for c, condition in enumerate(config.conditions):
            recorder = None
            for first in range(0, config.episodes, BATCH):
                count = min(BATCH, config.episodes - first)
                part = study.part_path(s, c, first)
                if not part.exists():
                    recorder = recorder or Recorder(
                        subject.path, configs[s][c], config.deterministic, config.activations
                    )
                    names = {
                        "run": subject.run.id,
                        "training_seed": configs[s][c].ppo.seed,
                        "step": subject.step,
                        "condition": condition.name,
                        "episode": first,
                    }
                    seeds = range(config.seed + first, config.seed + first + count)
                    recordings = recorder.record(seeds, names, lambda: study.cancelled)
                    write_part(part, list(recordings), config.arrays)
                done += count
                on_progress(done, total)
    study.join()
