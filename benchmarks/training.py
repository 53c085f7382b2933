"""PPO against bare physics: env steps a second, on the same model and threads."""

from typing import Any

import jax
import numpy as np

import vnl_core.jobs  # noqa: F401  the compiler's flags of a training
from benchmarks.clock import take_turns
from vnl_core.envs import CorridorEnv
from vnl_core.physics.native import NativePhysics
from vnl_core.presets import PRESETS
from vnl_core.training.episodes import Episodes, FreshResets
from vnl_core.training.ppo import Learner, SeedKeys

# So many, for the same physics takes 3 ms of one minute and 4 of the next.
ROUNDS = 20


def measure(threads: int) -> list[tuple[str, float, str]]:
    """Rows of the table: what, figure, unit."""
    run = PRESETS["ant-easy"].run
    env = CorridorEnv(run.scene, run.task, "native", threads)
    learner = Learner(FreshResets(Episodes(env, run.task.episode_length)), run.ppo)
    state, env_state = learner.init(SeedKeys.from_seed(0))
    learner.compile(state, env_state, jax.random.PRNGKey(0))
    key = jax.random.PRNGKey(0)
    data: Any = None

    def collect() -> None:
        nonlocal env_state, data
        env_state, data, _ = jax.block_until_ready(learner.collect(state.params, env_state, key))

    def learn() -> None:
        nonlocal state
        state, _ = jax.block_until_ready(learner.learn(state, data, key))

    steps = run.ppo.steps_per_update
    works = {
        "mujoco.rollout": _bare(env, run.ppo.num_envs, steps // run.ppo.num_envs),
        "collect": collect,
        "learn": learn,
    }
    times = take_turns(works, ROUNDS)
    bare, update = times["mujoco.rollout"], times["collect"] + times["learn"]
    return [
        (f"mujoco.rollout alone, {run.ppo.num_envs} walkers", steps / bare, "env steps/s"),
        ("PPO, collecting", steps / times["collect"], "env steps/s"),
        ("PPO, collecting and learning", steps / update, "env steps/s"),
        ("PPO / mujoco.rollout", bare / update, "×"),
    ]


def _bare(env: CorridorEnv, walkers: int, control_steps: int):
    """The engine's own rollout object and model under random controls, without JAX or checks."""
    physics = env.physics
    assert isinstance(physics, NativePhysics)
    model, substeps = physics.model, env.scene.config.substeps
    row = np.concatenate([[0.0], env.scene.qpos, np.zeros(model.nv + model.na)])
    start = np.tile(row, (walkers, 1))
    random = np.random.default_rng(0)
    controls = random.uniform(-1, 1, (control_steps, walkers, 1, model.nu))
    out = np.empty((walkers, substeps, len(row)))
    sensors = np.empty((walkers, substeps, model.nsensordata))

    def work() -> None:
        states = start
        for ctrl in controls:
            physics.rollout.rollout(
                [model] * walkers,
                physics.data,
                states,
                np.repeat(ctrl, substeps, axis=1),
                nstep=substeps,
                state=out,
                sensordata=sensors,
                skip_checks=True,
            )
            states = out[:, -1].copy()

    return work
