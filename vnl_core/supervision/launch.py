"""Starts training in a process of its own, stops it, and resumes it."""

import errno
import os
import signal
import subprocess
import threading
from typing import BinaryIO

from vnl_core.config import RunConfig
from vnl_core.plain_files import plain_file
from vnl_core.runs import exit_record, stop_request
from vnl_core.runs.directory import RunDir
from vnl_core.runs.exit_record import ExitRecord
from vnl_core.runs.files import write_whole
from vnl_core.runs.lock import Lock
from vnl_core.runs.owner import owner, read_owner, write_owner
from vnl_core.runs.retention import STATE
from vnl_core.runs.status import distrust, process_alive, status_at_rest
from vnl_core.supervision.prewarm import Prewarm
from vnl_core.supervision.spawn import spawn
from vnl_core.supervision.supervisor import LOCK_VARIABLE, Busy, report

# Child processes not yet reaped; an ended one stays a zombie until polled.
_children: list[subprocess.Popen[bytes]] = []
# The process that waits for the next run, and who may start or take it.
_prewarm: Prewarm | None = None
_standby_lock = threading.Lock()


class Finished(RuntimeError):
    """The run is finished, and was not to become longer."""


def prepare() -> None:
    """Start a process that imports what a training needs, so that the next one starts sooner.

    It takes memory until it is used or this process ends. Where it cannot be had, and where the
    environment changes meanwhile, a run starts without it.
    """
    global _prewarm
    with _standby_lock:
        if _prewarm and _prewarm.is_fit():
            return
        if _prewarm:
            _prewarm.dismiss()
            _children.append(_prewarm.process)
        try:
            _prewarm = Prewarm()
        except OSError:
            _prewarm = None


def start_training(run: RunDir) -> int:
    """Train `run` in the background with the command a person would type; returns its pid.

    The process is in a session of its own: it outlives this one, and a Ctrl-C here does not
    reach it. What it prints goes to the run's log.

    Raises:
      RuntimeError: the run has been started before.
      OSError: the run's directory cannot be written.
    """
    return _launch(run, claim(run))


def resume_training(run: RunDir, more_steps: int = 0) -> int:
    """Go on with `run` from its newest whole checkpoint, in the background; returns the pid.

    Args:
      run: a run that was stopped, was broken off, or is finished.
      more_steps: env steps to add to its length, rounded up to whole evaluation intervals.

    Raises:
      RuntimeError: a process works on the run, or it is finished and nothing was added.
      OSError: the run's directory cannot be written.
      pydantic.ValidationError: its config is broken, or it would become too long.
    """
    return _launch(run, claim(run, resume=True, more_steps=more_steps))


def claim(run: RunDir, resume: bool = False, more_steps: int = 0) -> Lock:
    """The lock of a run that may be trained now, which is "starting" from here on.

    Args:
      run: a run that nobody works on.
      resume: whether it may have been started before.
      more_steps: see `resume_training`.

    Raises:
      Busy: a process works on the run; nothing was changed.
      Finished: it is finished and nothing was added.
      RuntimeError: it is not trusted, has been started before, or has no checkpoint to resume from.
      OSError, pydantic.ValidationError: see `resume_training`.
    """
    if reason := distrust(run.path, whole=True):
        raise RuntimeError(f"Run {run.id} is not trusted: {reason}")
    try:
        lock = Lock.take(run.lock_path)
    except OSError as error:
        if error.errno not in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise
        raise RuntimeError(
            f"{run.path} cannot be written ({error.strerror}). Copy the run's folder to where it "
            "can, and go on there."
        ) from error
    if lock is None:
        raise Busy(f"Another process works on run {run.id}; nothing was changed.")
    try:
        state = status_at_rest(run.path).state
        if state != "created" and not resume:
            raise RuntimeError(f"Run {run.id} cannot be started: it is {state}. Resume it instead.")
        if state == "finished" and more_steps <= 0:
            raise Finished(f"Run {run.id} is finished. Say how many env steps to add.")
        checkpoints = run.checkpoints()
        if checkpoints and not any((made.path / STATE).is_dir() for made in checkpoints):
            raise RuntimeError(
                f"Run {run.id} cannot be resumed: its checkpoints hold policies only, as those "
                "that were copied to be watched do. Start a new run with its config."
            )
        if more_steps > 0:
            write_whole(run.config_path, lengthened(run.config(), more_steps).to_json())
        exit_record.begin(run.path)
        stop_request.clear(run.path)
        before = read_owner(run.lock_path)
        write_owner(run.lock_path, owner(os.getpid(), before.attempt + 1 if before else 1))
        report(run, "starting")
        return lock
    except BaseException as error:
        lock.release()
        if isinstance(error, OSError) and exit_record.is_disk_full(error):
            raise RuntimeError(exit_record.no_room(run.path)) from error
        raise


def lengthened(config: RunConfig, more_steps: int) -> RunConfig:
    """`config` with at least `more_steps` env steps more, and its evaluations as far apart.

    Raises:
      pydantic.ValidationError: that is more than a run may have.
    """
    ppo = config.ppo
    interval = ppo.updates_per_eval * ppo.steps_per_update
    intervals = ppo.num_evals - 1 + -(-more_steps // interval)
    ppo = ppo.changed(num_evals=intervals + 1, num_timesteps=intervals * interval)
    return config.changed(ppo=ppo)


def _launch(run: RunDir, lock: Lock) -> int:
    _reap()
    claimed = read_owner(run.lock_path)
    attempt = claimed.attempt if claimed else 0
    try:
        with plain_file(run.log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as log:
            child = _from_standby(run, lock, log) or _spawn(run, lock, log)
        write_owner(run.lock_path, owner(child.pid, attempt))
        return child.pid
    except OSError as error:
        exit_record.record(run.path, ExitRecord(state="failed", message=f"{error}."))
        raise
    finally:
        lock.release()


def _from_standby(run: RunDir, lock: Lock, log: BinaryIO) -> subprocess.Popen[bytes] | None:
    global _prewarm
    with _standby_lock:
        ready, _prewarm = _prewarm, None
    if ready is None:
        return None
    _children.append(ready.process)
    try:
        if ready.is_fit():
            ready.begin(run, lock, log)
            return ready.process
    except OSError:  # It has just ended.
        pass
    ready.dismiss()
    return None


def _spawn(run: RunDir, lock: Lock, log: BinaryIO) -> subprocess.Popen[bytes]:
    child = spawn(
        *("train", "--run-dir", str(run.path)),
        stdin=subprocess.DEVNULL,
        output=log,
        # Started with the lock: at no moment can a second start take it.
        pass_fds=(lock.fd,),
        variables={LOCK_VARIABLE: str(lock.fd)},
    )
    _children.append(child)
    return child


def stop(run: RunDir) -> bool:
    """Ask the run's process to save a checkpoint and end; False when there is none.

    Returns at once; the status turns to "stopped" when the process has ended. Asked again
    after some seconds, a process that hangs is killed.

    Raises:
      OSError: the process is on another machine, and the run's directory cannot be written.
    """
    _reap()
    status = run.status()
    if not status.alive:
        return False
    # The supervisor, which passes it on; without one, the training process.
    holder = read_owner(run.lock_path)
    if holder is None or holder.is_here:
        pid, create_time = (holder.pid, holder.create_time) if holder else (None, None)
        if not process_alive(pid, create_time):
            pid, create_time = status.pid, status.create_time
        if pid is not None and process_alive(pid, create_time):
            os.kill(pid, signal.SIGTERM)
            return True
    # Its pid means nothing here.
    stop_request.ask(run.path)
    return True


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]
