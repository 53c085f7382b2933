"""PPO against bare physics: env steps a second, on the same model and threads."""

from typing import Any

import jax
import numpy as np
from mujoco.rollout import Rollout

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
    physics = env.physics
    assert isinstance(physics, NativePhysics)
    engine = physics.rollout
    physics.rollout = recorder = _Recorder(engine)
    works = {
        "collect": collect,
        "the same": recorder.replay,
        "learn": learn,
        "random": _random(env, engine, run.ppo.num_envs, steps // run.ppo.num_envs),
    }
    times = take_turns(works, ROUNDS)
    update = times["collect"] + times["learn"]
    return [
        ("mujoco.rollout alone, the same calls", steps / times["the same"], "env steps/s"),
        ("mujoco.rollout alone, random controls", steps / times["random"], "env steps/s"),
        ("PPO, collecting", steps / times["collect"], "env steps/s"),
        ("PPO, collecting and learning", steps / update, "env steps/s"),
        ("PPO / mujoco.rollout, the same calls", times["the same"] / update, "×"),
        ("PPO / mujoco.rollout, random controls", times["random"] / update, "×"),
    ]


class _Recorder:
    """A rollout object that can repeat the calls it has passed on: same states, same controls.

    But the terrains are those of the update's end, for their models are moved in place.
    """

    def __init__(self, engine: Rollout):
        self._engine = engine
        self._calls: list[tuple[Any, Any]] = []
        self._replayed = False

    def rollout(self, *args: Any, **options: Any) -> None:
        if self._replayed:
            self._calls, self._replayed = [], False
        self._calls.append((args, options))
        self._engine.rollout(*args, **options)

    def replay(self) -> None:
        """The calls since the last replay once more, and nothing else."""
        for args, options in self._calls:
            self._engine.rollout(*args, **options)
        self._replayed = True


def _random(env: CorridorEnv, engine: Rollout, walkers: int, control_steps: int):
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
            engine.rollout(
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
