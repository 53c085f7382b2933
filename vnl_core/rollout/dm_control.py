"""The rollout in dm_control's own environment loop."""

from collections.abc import Callable

import jax
import numpy as np
from dm_control.rl.control import PhysicsError

from vnl_core.config import RolloutConfig
from vnl_core.policies import make_policy
from vnl_core.rollout.progress import Cancelled, OnProgress, ended_unstable, silent, steps_of
from vnl_core.scene import Scene
from vnl_core.scene.instability import gave_up
from vnl_core.scene.task import composer_environment
from vnl_core.trajectory import Trajectory


def simulate_dm_control(
    scene: Scene,
    config: RolloutConfig,
    on_progress: OnProgress = silent,
    cancelled: Callable[[], bool] = lambda: False,
) -> Trajectory:
    """The rollout in dm_control's own environment loop, with its reward and termination.

    The start pose carries no noise. The controls are those of the other engines for the
    same seed.

    Raises:
      Cancelled: `cancelled()` became true.
      ValueError: a checkpoint policy was asked for; dm_control's observations are not ours.
    """
    if config.policy == "checkpoint":
        raise ValueError(
            "engine: dm_control's observations are not those a checkpoint was trained on. "
            "Use the native engine."
        )
    policy = make_policy(config, scene)
    key = jax.random.split(jax.random.PRNGKey(config.seed))[1]
    act = jax.jit(lambda time, i: policy.act(policy.params, None, time, jax.random.fold_in(key, i)))  # type: ignore[arg-type]
    low, high = scene.model.actuator_ctrlrange.T
    environment = composer_environment(config.scene, config.task)
    environment.reset()
    physics = environment.physics
    assert physics is not None
    root = physics.model.name2id(scene.walker.root_body, "body")

    def state() -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        data = physics.data
        return float(data.time), data.qpos.copy(), data.qvel.copy(), data.xpos[root].copy()

    states, ctrls, rewards, ended = [state()], [], [], ""
    total = steps_of(config)
    for i in range(total):
        if cancelled():
            raise Cancelled
        action = np.asarray(act(states[-1][0], i))
        ctrls.append(low + (np.clip(action, -1, 1) + 1) / 2 * (high - low))
        try:
            timestep = environment.step(ctrls[-1])
        except PhysicsError:
            # MuJoCo may have started over: as elsewhere the state stays the one before.
            broken = gave_up(physics.model.ptr, physics.data.ptr)
            states.append(states[-1])
            rewards.append(0.0)
            ended = ended_unstable(broken)
            break
        states.append(state())
        rewards.append(float(timestep.reward or 0.0))
        on_progress("simulating", (i + 1) / total)
        if timestep.last() and config.stop_at_end:
            ended = "time" if timestep.discount else "fall"
            break
    time, qpos, qvel, position = (np.stack(column) for column in zip(*states, strict=True))
    reward = np.array(rewards)
    return Trajectory.record(
        scene,
        task=config.task,
        engine="dm_control",
        policy=config.policy,
        seed=config.seed,
        control_timestep=config.scene.control_timestep,
        time=time,
        qpos=qpos,
        qvel=qvel,
        root_position=position,
        ctrl=np.stack(ctrls),
        reward=reward,
        rewards={"target_speed": reward},
        metrics={"gaps_crossed": _gaps_crossed(scene, position)},
        ended=ended,
    )


def _gaps_crossed(scene: Scene, position: np.ndarray) -> np.ndarray:
    """Gaps crossed for the first time in each step, (T,), from root positions (T + 1, 3)."""
    ends = np.array([gap.end for gap in scene.layout.gaps])
    furthest = scene.layout.furthest(position)
    return np.diff((ends < furthest[:, None]).sum(axis=1)).astype(float)
