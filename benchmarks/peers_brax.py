"""The seed notebook's way: `python -m benchmarks.peers_brax UPDATES_PER_EVALUATION`.

MJX simulates the scene as dm_control made it, with the notebook's solver, and brax's own
`ppo.train` learns; only the task (observations, rewards, ends) is ours, so that it can be learnt.
"""

import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from brax.training.agents.ppo import networks
from brax.training.agents.ppo import train as ppo

from benchmarks.engines import SEED_WAY
from benchmarks.peers_task import ENDLESS, RUN, STEPS, tell_evaluation, tell_update
from vnl_core.envs import make_env
from vnl_core.jobs.compilation_cache import use_compilation_cache
from vnl_core.presets import PRESETS


def main(every: int) -> None:
    """Train for ever, with an evaluation every so many updates; 0 for none at all."""
    use_compilation_cache()
    seed = PRESETS["seed-notebook"].run.scene
    solver = {name: getattr(seed, name) for name in ("solver", "iterations", "ls_iterations")}
    env = make_env(RUN.scene.changed(mjx=SEED_WAY, **solver), RUN.task, "mjx")
    config, updates = RUN.ppo, every or 1

    def progress(step: int, metrics: Mapping[str, Any]) -> None:
        if "training/sps" in metrics:
            for _ in range(updates):
                tell_update(STEPS / metrics["training/sps"])
        if "eval/episode_progress" in metrics:
            distance = float(metrics["eval/episode_progress"])
            tell_evaluation(distance, float(metrics["eval/epoch_eval_time"]))

    make_networks: Any = partial(
        networks.make_ppo_networks,
        policy_hidden_layer_sizes=config.policy_hidden_layer_sizes,
        value_hidden_layer_sizes=config.value_hidden_layer_sizes,
    )
    ppo.train(
        environment=env,
        num_timesteps=ENDLESS // updates * updates * STEPS,
        num_evals=ENDLESS // updates + 1,
        run_evals=every > 0,
        num_eval_envs=config.num_eval_envs,
        deterministic_eval=config.deterministic_eval,
        episode_length=RUN.task.episode_length,
        num_envs=config.num_envs,
        unroll_length=config.unroll_length,
        batch_size=config.batch_size,
        num_minibatches=config.num_minibatches,
        num_updates_per_batch=config.num_updates_per_batch,
        learning_rate=config.learning_rate,
        entropy_cost=config.entropy_cost,
        discounting=config.discounting,
        gae_lambda=config.gae_lambda,
        clipping_epsilon=config.clipping_epsilon,
        max_grad_norm=config.max_grad_norm,
        normalize_observations=config.normalize_observations,
        network_factory=make_networks,
        progress_fn=progress,
        seed=config.seed,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
