"""Ways to train on one ant gap corridor, side by side, each in a process of its own."""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from benchmarks import Row
from benchmarks.peers_task import STEPS

ROOT = Path(__file__).parents[1]
# The peers are kept apart: tensorboardX imports torch where it finds it, for seconds.
PEERS_PYTHON = ROOT / ".cache" / "peers" / "bin" / "python"
NOT_INSTALLED = "not installed: make peers"
# Updates measured, after one that is not.
ROUNDS = 3
# The distance to reach in an evaluation, on average.
GOAL = 3.0  # m
# XLA as it is without the flags that `vnl_core.jobs` sets.
_PLAIN_XLA = (
    "--xla_cpu_use_fusion_emitters=true --xla_cpu_enable_concurrency_optimized_scheduler=true "
    "--xla_cpu_experimental_ynn_fusion_type=+reduce"
)


class Way(NamedTuple):
    """One way to train: a program that tells of its updates and evaluations line by line."""

    title: str
    arguments: tuple[str, ...]
    """After `python -m`; the last one, the updates between two evaluations, comes in the end."""
    evaluate_every: int
    """Updates between two evaluations of the race, by how long they take."""
    python: Path = Path(sys.executable)
    xla_flags: str | None = None
    """Instead of those of the environment."""


class Figures(NamedTuple):
    """What was measured of one way."""

    rate: float
    """Env steps a second, collecting and learning; the median of the updates."""
    start: float
    """Seconds until the first update is done, less evaluations and an update's own time: imports,
    scene, compilation."""
    memory: float
    """Most memory that its processes had in use, added up, MB."""


def ways(threads: int) -> dict[str, Way]:
    """The ways, by their letters in the documents."""
    n = str(threads)
    ours = "benchmarks.peers_ours"
    brax, sb3 = ("benchmarks.peers_brax",), ("benchmarks.peers_sb3", n)
    return {
        "a": Way("a: ours, native", (ours, "native", n), 4),
        "b": Way("b: ours, MJX", (ours, "mjx", n), 4),
        "c": Way("c: the seed's way, MJX + brax ppo.train", brax, 2, xla_flags=_PLAIN_XLA),
        "d": Way("d: dm_control + Stable-Baselines3 PPO", sb3, 4, PEERS_PYTHON),
    }


def measure(threads: int, letters: str = "abcd") -> Iterator[Row]:
    """Rows of the table: what, figure, unit."""
    rates: dict[str, float] = {}
    for letter, way in ways(threads).items():
        if letter not in letters:
            continue
        if not way.python.exists():
            yield way.title, NOT_INSTALLED, ""
            continue
        with tempfile.TemporaryDirectory() as cache:
            cold, warm = _time(way, cache, ROUNDS), _time(way, cache, 1)
        rates[letter] = cold.rate
        yield way.title, cold.rate, "env steps/s"
        yield "   start, cold compilation cache", cold.start, "s"
        yield "   start, warm compilation cache", warm.start, "s"
        yield "   memory at most", cold.memory, "MB"
    for letter in "bcd":
        if {"a", letter} <= rates.keys():
            yield f"a / {letter}", rates["a"] / rates[letter], "×"


def race(threads: int, letters: str = "abcd", limit: float = 10.0) -> Iterator[Row]:
    """Rows of the table: minutes, from the command on, until an evaluation reached GOAL.

    Args:
      threads: of the native engine, and of the peers.
      letters: which ways.
      limit: minutes after which a way is given up.
    """
    for letter, way in ways(threads).items():
        if letter in letters and not way.python.exists():
            yield way.title, NOT_INSTALLED, ""
        elif letter in letters:
            yield way.title, *_minutes(way, limit)


def _time(way: Way, cache: str, rounds: int) -> Figures:
    updates: list[float] = []
    first = evaluating = memory = 0.0
    with _lines(way, cache, 0) as lines:
        for at, pid, line in lines:
            evaluating += line.get("evaluating", 0.0) if not updates else 0.0
            if "update" in line:
                first = first or at
                updates.append(line["update"])
            if len(updates) > rounds:
                memory = _memory(pid)
                break
    update = statistics.median(updates[1:])
    return Figures(STEPS / update, first - evaluating - update, memory)


def _minutes(way: Way, limit: float) -> tuple[float | str, str]:
    furthest, evaluations = float("-inf"), 0
    with (
        tempfile.TemporaryDirectory() as cache,
        _lines(way, cache, way.evaluate_every, 60 * limit) as lines,
    ):
        for at, _, line in lines:
            if "distance" not in line:
                continue
            evaluations += 1
            furthest = max(furthest, line["distance"])
            if furthest >= GOAL:
                return at / 60, f"min to {GOAL:g} m"
    return f"> {limit:g}", f"min to {GOAL:g} m; {furthest:.2f} m in {evaluations} evaluations"


@contextmanager
def _lines(
    way: Way, cache: str, every: int, limit: float | None = None
) -> Iterator[Iterator[tuple[float, int, dict[str, Any]]]]:
    """(seconds since the command, its pid, what it told), for `limit` seconds at most."""
    environment = {
        **os.environ,
        "JAX_COMPILATION_CACHE_DIR": cache,
        "PYTHONPATH": str(ROOT),
        "MUJOCO_GL": "disable",  # Mesa's LLVM and that of torch crash in one process
    }
    if way.xla_flags:
        environment["XLA_FLAGS"] = way.xla_flags
    command = [str(way.python), "-m", *way.arguments, str(every)]
    with tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        timer = threading.Timer(limit or 3600, _end, [process])
        timer.start()

        def read() -> Iterator[tuple[float, int, dict[str, Any]]]:
            assert process.stdout
            for line in process.stdout:
                if line.startswith("{"):
                    yield time.perf_counter() - began, process.pid, json.loads(line)
            if timer.is_alive():
                errors.seek(0)
                tail = errors.read().decode(errors="replace")[-2000:]
                raise RuntimeError(f"{' '.join(command)} ended by itself:\n{tail}")

        try:
            yield read()
        finally:
            timer.cancel()
            _end(process)
            process.wait()


def _end(process: subprocess.Popen[str]) -> None:
    """Kill the session that it leads: its workers too."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _memory(pid: int) -> float:
    """The most that each of its processes had in use so far, added up, MB."""
    process = psutil.Process(pid)
    most = 0.0
    for one in [process, *process.children(recursive=True)]:
        status = Path(f"/proc/{one.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        most += int(found[1]) / 1000 if found else 0.0
    return most
