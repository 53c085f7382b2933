"""Whether this machine reaches its user's places, for `vnl doctor`."""

import tempfile
from pathlib import Path

from vnl_core.doctor import Check
from vnl_core.places.config import PlaceConfig, places, places_file
from vnl_core.places.slurm import ask
from vnl_core.runs.lock import Lock


def report(runs_dir: Path) -> list[Check]:
    """The locks of the runs folder, and each place."""
    found = [locks(runs_dir)]
    try:
        known = places()
    except (OSError, ValueError) as error:
        return [*found, Check("Places", str(error), "fail", f"Mend {places_file()}.")]
    return found + [_place(name, place) for name, place in known.items()]


def locks(runs_dir: Path) -> Check:
    """Whether the file system of the runs has the locks that keep two processes from one run."""
    if not runs_dir.is_dir():
        return Check("Locks on runs", f"{runs_dir} is not there yet")
    try:
        with tempfile.TemporaryDirectory(dir=runs_dir, prefix=".locks-") as folder:
            lock = Lock.take(Path(folder) / "lock")
            if lock:
                lock.release()
    except OSError as error:
        return Check("Locks on runs", str(error.strerror), "fail", "Keep runs where locks work.")
    return Check("Locks on runs", str(runs_dir))


def _place(name: str, place: PlaceConfig) -> Check:
    title = f"Place {name}"
    try:
        partitions = ask(["sinfo", "--noheader", "--format=%R"]).split()
        settings = ask(["scontrol", "show", "config"])
    except RuntimeError as error:
        remedy = "Use it on a login node of the cluster, where Slurm's commands are."
        return Check(title, str(error), "fail", remedy)
    have = ", ".join(sorted(set(partitions)))
    if place.partition and place.partition not in partitions:
        remedy = f"Set partition of [{name}] in {places_file()} to one of: {have}."
        return Check(title, f"no partition {place.partition!r}", "fail", remedy)
    preempts = "preempt/none" not in settings
    if preempts and "preempt_send_user_signal" not in settings:
        remedy = (
            "Ask for SlurmctldParameters=preempt_send_user_signal: without it a preempted run "
            "starts again from its last checkpoint, not from where it was."
        )
        return Check(title, "preemption gives no notice", "warn", remedy)
    return Check(title, f"Slurm, partition {place.partition or 'by default'} of {have}")
