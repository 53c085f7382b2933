"""Measures everything and prints one table. Run it on a machine that does nothing else."""

import argparse
import os
from collections.abc import Callable, Iterable

from vnl_core.rendering import gl

gl.choose()

import vnl_core.jobs  # noqa: E402, F401  silences what others print when imported
from benchmarks import Row, dashboard, engines, peers, preview, training, viewer  # noqa: E402

Rows = Iterable[Row]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    processors = len(os.sched_getaffinity(0))
    parser.add_argument("--threads", type=int, default=processors, help="of the native engine")
    parser.add_argument("--ways", default="abcd", help="which ways of training, by their letters")
    parser.add_argument("--minutes", type=float, default=10.0, help="at most, for a distance")
    parser.add_argument("parts", nargs="*", help="engines, terrain, training, peers, …: only these")
    options = parser.parse_args()
    threads, ways = options.threads, options.ways
    parts: dict[str, tuple[str, Callable[[], Rows]]] = {
        "engines": ("Engines, a batch of 64", engines.measure),
        "terrain": ("Terrain, ant corridor of the seed notebook", engines.measure_terrains),
        "training": (
            f"Training, ant-easy with the laptop's PPO, {threads} threads",
            lambda: training.measure(threads),
        ),
        "peers": (
            f"Training beside its peers, ant-easy on one corridor, {threads} threads",
            lambda: peers.measure(threads, ways),
        ),
        "distance": (
            f"The same, minutes from the command to {peers.GOAL:g} m",
            lambda: peers.race(threads, ways, options.minutes),
        ),
        "dashboard": ("A run from Start to Stop, and the pages meanwhile", dashboard.measure),
        "preview": ("Preview, ant corridor, one camera, 320 × 240", preview.measure),
        "viewer": ("3D view, a minute of each walker", viewer.measure),
    }
    if unknown := set(options.parts) - set(parts):
        parser.error(f"there is no part {', '.join(unknown)}. Use {', '.join(parts)}.")
    for name, (title, measure) in parts.items():
        if options.parts and name not in options.parts:
            continue
        print(f"\n{title}", flush=True)
        for what, figure, unit in measure():
            shown = figure if isinstance(figure, str) else f"{figure:,.2f}"
            print(f"  {what:46} {shown:>12} {unit}", flush=True)


if __name__ == "__main__":
    main()
