"""Measures everything and prints one table. Run it on a machine that does nothing else."""

import argparse
import os

from vnl_core.rendering import gl

gl.choose()

import vnl_core.jobs  # noqa: E402, F401  silences what others print when imported
from benchmarks import engines, preview, training, viewer  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    processors = len(os.sched_getaffinity(0))
    parser.add_argument("--threads", type=int, default=processors, help="of the native engine")
    threads = parser.parse_args().threads
    parts = {
        "Engines, a batch of 64": engines.measure(),
        "Terrain, ant corridor of the seed notebook": engines.measure_terrains(),
        f"Training, ant-easy with the laptop's PPO, {threads} threads": training.measure(threads),
        "Preview, ant corridor, one camera, 320 × 240": preview.measure(),
        "3D view, a minute of each walker": viewer.measure(),
    }
    for title, rows in parts.items():
        print(f"\n{title}")
        for name, figure, unit in rows:
            print(f"  {name:42} {figure:>12,.2f} {unit}")


if __name__ == "__main__":
    main()
