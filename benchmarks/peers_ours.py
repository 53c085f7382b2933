"""Our PPO: `python -m benchmarks.peers_ours native|mjx THREADS UPDATES_PER_EVALUATION`."""

import sys

import vnl_core.jobs  # noqa: F401  silences what others print when imported
from benchmarks.peers_task import ENDLESS, RUN, tell_evaluation, tell_update
from vnl_core.envs import make_env
from vnl_core.jobs.compilation_cache import use_compilation_cache
from vnl_core.training.loop import train
from vnl_core.training.snapshot import Snapshot


class Teller:
    """Observer that tells of updates and evaluations, and saves nothing."""

    def __init__(self):
        self._walltime = 0.0

    def phase(self, phase: str) -> None: ...

    def report(self, step: int, metrics: dict[str, float]) -> None:
        if "eval/epoch_eval_time" in metrics:
            distance = metrics["eval/episode_distance_from_origin"]
            tell_evaluation(distance, metrics["eval/epoch_eval_time"])

    def reached(self, snapshot: Snapshot) -> None:
        walltime = snapshot.progress.walltime
        if snapshot.progress.updates:
            tell_update(walltime - self._walltime)
        self._walltime = walltime

    def checkpoint(self, snapshot: Snapshot) -> None: ...

    def evaluated(self, snapshot: Snapshot) -> None: ...

    def stopping(self) -> bool:
        return False


def main(engine: str, threads: int, every: int) -> None:
    """Train for ever, with an evaluation every so many updates; 0 for the first one only."""
    use_compilation_cache()
    env = make_env(RUN.scene, RUN.task, engine, threads)
    updates, evaluations = (ENDLESS, ENDLESS // every) if every else (ENDLESS, 1)
    steps = updates * RUN.ppo.steps_per_update
    ppo = RUN.ppo.changed(num_timesteps=steps, num_evals=evaluations + 1)
    train(env, ppo, RUN.task.episode_length, Teller())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
