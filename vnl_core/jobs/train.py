"""The training job: what `vnl train` runs, in a process of its own."""

import faulthandler
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from brax.envs.base import Env
from pydantic import ValidationError

from vnl_core.config import RunConfig, problems
from vnl_core.envs import make_env
from vnl_core.jobs.training_job import TrainingJob
from vnl_core.plain_files import open_plain
from vnl_core.runs import exit_record, extension_sources
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.supervision.supervisor import FAILED

log = logging.getLogger("vnl")


def environment(config: RunConfig) -> Env:
    """The environment that `config` trains in."""
    return make_env(config.scene, config.task, config.engine, config.threads)


def main(run_dir: Path, make_environment: Callable[[RunConfig], Env] = environment) -> int:
    """Train the run in `run_dir` to its end, or until SIGTERM or SIGINT; the exit code.

    Reports in the run's directory alone: status, metrics, log, checkpoints, videos. Whatever
    goes wrong is in exit.json, its traceback in the log. Call it in the main thread of a
    process that `supervision.supervisor.keep` made, which holds the run's lock.

    Args:
      run_dir: a directory that `RunDir.create` made.
      make_environment: what to train in.
    """
    run = RunDir(run_dir.resolve())
    _log_to(run.log_path)
    try:
        config = run.config()
        extension_sources.check(run.path, config)
    except (ValueError, OSError) as error:
        reason = problems(error)[0] if isinstance(error, ValidationError) else error
        message = f"config.json of {run.path}: {reason}"
        if isinstance(error, ValidationError):
            message = f"{message} {extension_sources.hint(run.path)}".strip()
        log.error(message)
        exit_record.record(run.path, ExitRecord(state="failed", message=message, code=FAILED))
        return FAILED
    with TrainingJob(run, config) as job:
        return job.train(make_environment)


def _log_to(path: Path) -> None:
    """Log to standard output and to `path`, once if they are the same file."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    fd = open_plain(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    if os.path.samestat(os.fstat(1), os.fstat(fd)):
        os.close(fd)
    else:
        handlers.append(logging.StreamHandler(os.fdopen(fd, "a", encoding="utf-8")))
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(message)s", handlers=handlers, force=True
    )
    for name in ("vnl", "vnl_core"):
        logging.getLogger(name).setLevel(logging.INFO)
    faulthandler.enable()
