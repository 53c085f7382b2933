"""What one would pick on a CPU: `python -m benchmarks.peers_sb3 THREADS UPDATES_PER_EVALUATION`.

dm_control's own Environment of the corridor task, through shimmy and Gymnasium, in as many
processes as there are threads, and Stable-Baselines3's PPO. Runs in the peers' interpreter.

Sizes and hyperparameters are those of ours, as far as PPO has them there. Different are
observations (dm_control's proprioception), reward (dm_control's, for running at the target
speed), the actor's distribution (a Gaussian that is clipped), and the environments: one a
process with unrolls as long as the batch allows, for one process holds one.
"""

import sys
import time
from typing import Any

import gymnasium  # type: ignore[import-not-found]
import torch  # type: ignore[import-not-found]
from shimmy import DmControlCompatibilityV0  # type: ignore[import-not-found]
from stable_baselines3 import PPO  # type: ignore[import-not-found]
from stable_baselines3.common.callbacks import BaseCallback  # type: ignore[import-not-found]
from stable_baselines3.common.vec_env import (  # type: ignore[import-not-found]
    SubprocVecEnv,
    VecNormalize,
)

from benchmarks.peers_task import ENDLESS, RUN, STEPS, tell_evaluation, tell_update
from vnl_core.scene.task import composer_environment


def environment() -> Any:
    """The corridor task as Gymnasium's environment with a flat observation."""
    task = DmControlCompatibilityV0(composer_environment(RUN.scene, RUN.task))
    return gymnasium.wrappers.FlattenObservation(task)


class Teller(BaseCallback):
    """Tells of every update, and evaluates every so many of them."""

    def __init__(self, every: int):
        super().__init__()
        self._every = every
        self._updates = 0
        self._began = 0.0

    def _on_training_start(self) -> None:
        self._began = time.perf_counter()
        # The start and the mode of the policy are fixed, so one episode is the mean of all.
        self._own = environment() if self._every else None

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        """The last update is over, where there was one."""
        if self._updates:
            tell_update(time.perf_counter() - self._began)
            if self._own and self._updates % self._every == 0:
                began = time.perf_counter()
                distance = self._evaluate(self._own)
                tell_evaluation(distance, time.perf_counter() - began)
        self._updates += 1
        self._began = time.perf_counter()

    def _evaluate(self, env: Any) -> float:
        observation, _ = env.reset()
        over = False
        while not over:
            seen = self.training_env.normalize_obs(observation)
            action, _ = self.model.predict(seen, deterministic=True)
            observation, _, ended, cut, _ = env.step(action)
            over = ended or cut
        physics, walker = env.unwrapped.physics, env.unwrapped.task.walker
        x = physics.bind(walker.root_body).xpos[0]
        return float(x) - RUN.scene.spawn_position[0]


def main(threads: int, every: int) -> None:
    """Train for ever, with an evaluation every so many updates; 0 for none at all."""
    torch.set_num_threads(threads)
    config = RUN.ppo
    envs = VecNormalize(SubprocVecEnv([environment] * threads), norm_reward=False)
    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=STEPS // threads,
        batch_size=config.batch_size * config.unroll_length,
        n_epochs=config.num_updates_per_batch,
        learning_rate=config.learning_rate,
        gamma=config.discounting,
        gae_lambda=config.gae_lambda,
        clip_range=config.clipping_epsilon,
        ent_coef=config.entropy_cost,
        vf_coef=config.vf_loss_coefficient,
        max_grad_norm=config.max_grad_norm,
        policy_kwargs={
            "net_arch": {
                "pi": list(config.policy_hidden_layer_sizes),
                "vf": list(config.value_hidden_layer_sizes),
            },
            "activation_fn": torch.nn.SiLU,
        },
        seed=config.seed,
        device="cpu",
    )
    model.learn(ENDLESS * STEPS, callback=Teller(every))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
