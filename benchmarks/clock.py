"""Timing that survives a noisy machine: things to be compared take turns, medians count."""

import statistics
import time
from collections.abc import Callable, Mapping


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes, in seconds of wall-clock time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def take_turns(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each of `works`, run in turn, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            elapsed = seconds(work)
            if turn:
                times[name].append(elapsed)
    return {name: statistics.median(values) for name, values in times.items()}
