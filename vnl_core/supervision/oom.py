"""Whether the kernel has killed for lack of memory, to tell that from somebody's kill -9."""

from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


def oom_kills() -> int:
    """Processes of our control group that the kernel has killed for lack of memory so far.

    Where the group keeps no count, those of the whole machine; 0 where neither does.
    """
    try:
        groups = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        groups = []
    files = []
    for line in groups:
        _, controllers, path = line.split(":", 2)
        if controllers == "memory":  # cgroup v1
            files.append(_ROOT / "memory" / path.lstrip("/") / "memory.oom_control")
        elif not controllers:  # cgroup v2
            files.append(_ROOT / path.lstrip("/") / "memory.events")
    for file in [*files, Path("/proc/vmstat")]:
        count = _count(file)
        if count is not None:
            return count
    return 0


def _count(file: Path) -> int | None:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return None
    return next((int(n) for name, n in map(str.split, lines) if name == "oom_kill"), None)
