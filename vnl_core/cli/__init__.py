"""`vnl …`: the verbs of the pages, from the shell.

Every verb imports what it needs when it runs: `vnl runs` does not wait for JAX.
"""

import click

from vnl_core.cli import (
    animals,
    dashboard,
    rollouts,
    scenes,
    studies,
    terms,
    trainings,
    waiting,
    work,
    workers,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vnl-gaps")
def main() -> None:
    """Virtual animals crossing gaps: design, preview, roll out, train and watch."""


for verb in (
    dashboard.dashboard,
    scenes.doctor,
    scenes.presets,
    animals.walkers,
    terms.terms,
    scenes.scene,
    scenes.render,
    rollouts.rollout,
    rollouts.film,
    rollouts.evaluate,
    studies.study,
    studies.figures,
    trainings.train,
    trainings.resume,
    trainings.stop,
    waiting.wait,
    work.work,
    trainings.runs,
    workers.worker,
    workers.films,
    workers.prewarm,
):
    main.add_command(verb)
