"""Draws what evaluations of some runs said: gaps crossed, speed and reward over env steps.

.venv/bin/python scripts/plot-trainings.py PICTURE RUN_DIR...
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402

from vnl_core.runs.directory import RunDir  # noqa: E402
from vnl_core.runs.metrics import read_metrics  # noqa: E402


def plot(runs: list[RunDir], picture: Path) -> None:
    """Writes the chart of `runs`, a line each, to `picture`."""
    figure, panels = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
    for run in runs:
        config = run.config()
        rows = [row for row in read_metrics(run.metrics_path) if "eval/episode_reward" in row]
        dt = config.scene.control_timestep
        steps = [row["step"] / 1e6 for row in rows]
        met = [(row["eval/episode_gaps_crossed"], row["eval/episode_gaps_met"]) for row in rows]
        curves = (
            [100 * crossed / of if of else 0.0 for crossed, of in met],
            [
                row["eval/episode_distance_from_origin"] / (row["eval/avg_episode_length"] * dt)
                for row in rows
            ],
            [row["eval/episode_reward"] for row in rows],
        )
        for panel, values in zip(panels, curves, strict=True):
            panel.plot(steps, values, marker=".", label=f"seed {config.ppo.seed}")
    titles = ("Crossed of the gaps met (%)", "Speed (m/s)", "Episode reward")
    for panel, title in zip(panels, titles, strict=True):
        panel.set(title=title, xlabel="env steps (millions)")
        panel.grid(alpha=0.3)
    panels[0].legend()
    figure.savefig(picture, dpi=100)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    plot([RunDir(Path(path).resolve()) for path in sys.argv[2:]], Path(sys.argv[1]))
