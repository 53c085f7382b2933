"""A run as its user meets it: from Start to the first figures, to Stop, and the pages meanwhile.

Runs are started as the page starts them (`launch.start_training`) and watched from outside. The
page has a process import what a training needs while its form is filled in (`launch.prepare`).
"""

import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks import Row, reruns
from benchmarks.clock import seconds
from vnl_core.presets import PRESETS
from vnl_core.runs.directory import RunDir
from vnl_core.runs.metrics import read_metrics
from vnl_core.runs.status import Status
from vnl_core.supervision import launch

PAGES = Path(__file__).parents[1] / "pages"
MAIN = Path(__file__).parents[1] / "vnl_core" / "ui" / "main.py"
LOOKED_AT = ("design", "train", "runs", "watch")
RERUNS, STOPS = 15, 5
FORM = 15.0  # s that the Train page is open before Start is pressed
_LONG = 100_000_000  # env steps; a training that does not end by itself


def measure() -> Iterator[Row]:
    """Rows of the table: what, figure, unit."""
    kept = {name: os.environ.get(name) for name in ("VNL_CACHE_DIR", "VNL_RUNS_DIR")}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VNL_CACHE_DIR"] = str(Path(folder) / "cache")
        os.environ["VNL_RUNS_DIR"] = str(Path(folder) / "runs")
        try:
            yield from _start()
            yield from _while_training()
        finally:
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _start() -> Iterator[Row]:
    cases = (("cold", "page"), ("warm", "page"), ("warm", "shell"))
    for cache, way in cases:
        if way == "page":
            launch.prepare()
            time.sleep(FORM)
        with _running("ant-smoke") as (run, began):
            moments: dict[str, float] = {}

            def learned(status: Status, run: RunDir = run, moments: dict = moments) -> bool:
                moments.setdefault(status.phase, time.perf_counter())
                return any("training/sps" in row for row in read_metrics(run.metrics_path))

            _wait(run, learned)
            took = time.perf_counter() - began
        yield (f"Start to first training figures, {cache}, {way}", took, "s")
        for phase, following in zip(list(moments), list(moments)[1:], strict=False):
            yield (f"   {phase}", moments[following] - moments[phase], "s")


def _while_training() -> Iterator[Row]:
    with _running("ant-easy") as (run, _):
        _wait(run, lambda status: status.phase == "training" and bool(status.step))
        for page in LOOKED_AT:
            at = AppTest.from_file(str(MAIN), default_timeout=60).run()
            if page != "design":
                at.switch_page(str(PAGES / f"{page}.py"))
            times = [seconds(at.run) for _ in range(RERUNS + 1)][1:]
            assert not at.exception, at.exception
            yield (f"page {page}, rerun while training", 1000 * statistics.median(times), "ms")
        _wait(run, lambda _: bool(run.videos()))
        for what, figure, unit in reruns.in_browser(run):
            yield (f"in a browser: {what}", figure, unit)
        stops = [_end(run)]
        for _ in range(STOPS - 1):
            launch.resume_training(run)
            before = run.status().step
            _wait(run, lambda status, before=before: status.step > before)
            stops.append(_end(run))
    yield ("Stop to a saved checkpoint and the process's end", statistics.median(stops), "s")
    yield ("   at most", max(stops), "s")
    for what, figure, unit in reruns.in_browser(run):
        yield (f"in a browser, nothing trains: {what}", figure, unit)


@contextmanager
def _running(preset: str) -> Iterator[tuple[RunDir, float]]:
    """A run of the preset and the moment of its start; it does not outlive what is done with it."""
    run, began = _begin(preset)
    try:
        yield run, began
    finally:
        if run.status().alive:
            _end(run)


def _begin(preset: str) -> tuple[RunDir, float]:
    config = PRESETS[preset].run
    if preset == "ant-easy":
        ppo = config.ppo.changed(num_timesteps=_LONG, num_evals=2)
        config = config.changed(ppo=ppo)
    began = time.perf_counter()
    run = RunDir.create(Path(os.environ["VNL_RUNS_DIR"]), config)
    launch.start_training(run)
    return run, began


def _wait(run: RunDir, condition: Callable[[Status], bool], limit: float = 240.0) -> None:
    deadline = time.monotonic() + limit
    while not condition(status := run.status()):
        assert status.alive, "\n".join(run.log_tail())
        assert time.monotonic() < deadline, f"{run.id} is still {status.phase}"
        time.sleep(0.02)


def _end(run: RunDir) -> float:
    """Stop it; seconds until its process has ended."""
    began = time.perf_counter()
    pid = run.status().pid
    launch.stop(run)
    deadline = time.monotonic() + 30
    while run.status().alive:
        if time.monotonic() > deadline and pid:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
    assert run.checkpoints(), "no checkpoint"
    return time.perf_counter() - began
