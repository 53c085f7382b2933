"""A walker whose motors are far too strong: MuJoCo gives its simulation up, which must be told."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hopper import CASES, in_corridor

from vnl_core.config import PPOConfig, RolloutConfig, TaskConfig
from vnl_core.envs import make_env
from vnl_core.physics import instability, make_physics
from vnl_core.rollout import Simulators
from vnl_core.training.divergence import Diverged
from vnl_core.training.loop import train
from vnl_core.trajectory import Trajectory
from vnl_core.viewer import ManualControl, motion_file, move

ENGINES = ["native", "mjx"]
TASK = TaskConfig(
    observations=("qpos", "qvel"),
    rewards={"forward": 1.0},
    terminations=("fall",),
    episode_length=5,
)
PPO = PPOConfig(
    num_timesteps=640,
    num_evals=2,
    num_envs=8,
    num_eval_envs=2,
    unroll_length=5,
    batch_size=8,
    num_minibatches=1,
    policy_hidden_layer_sizes=(4,),
    value_hidden_layer_sizes=(4,),
)


@pytest.fixture
def scene(monkeypatch, tmp_path):
    """The hopper with knees by motors: nothing at a control of 0, beyond all bounds at 1."""
    text = (CASES / "camera-missing.xml").read_text(encoding="utf-8")
    text = text.replace("<position ", "<motor ").replace(' kp="40"', ' gear="1e14"')
    assert text.count("<motor") == 2
    (tmp_path / "camera-missing.xml").write_text(text, encoding="utf-8")
    return in_corridor(monkeypatch, tmp_path, tmp_path / "camera-missing.xml")


@pytest.mark.parametrize("engine", ENGINES)
def test_it_names_the_knee_that_broke_and_leaves_the_others_of_the_batch_alone(scene, engine):
    env = make_env(scene, TASK, engine)
    step = jax.jit(jax.vmap(env.step))
    state = jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.PRNGKey(0), 3))
    still = jnp.zeros((3, 2))
    pushed = still.at[1, 1].set(1.0)
    after, undisturbed = step(state, pushed), step(state, still)
    np.testing.assert_array_equal(after.done, [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(undisturbed.metrics["ended/unstable"], [0.0, 0.0, 0.0])
    named = [env.unstable_names[code] for code in after.info["unstable"]]
    assert named[0] == named[2] == ""
    assert named[1].startswith("QACC of walker/knee_r, DOF ")
    for ours, theirs in zip(jax.tree.leaves(after), jax.tree.leaves(undisturbed), strict=True):
        np.testing.assert_array_equal(np.asarray(ours)[[0, 2]], np.asarray(theirs)[[0, 2]])


@pytest.mark.parametrize("engine", ENGINES)
def test_position_velocity_and_acceleration_beyond_the_limit_are_told_by_both_engines(
    scene, engine
):
    physics = make_physics(scene, engine)
    names = instability.names(physics.model)
    start, rest = jnp.asarray(scene.qpos, jnp.float32), jnp.zeros(physics.model.nv)
    knee = physics.model.joint("walker/knee_l")
    q, v = int(knee.qposadr[0]), int(knee.dofadr[0])
    step = jax.jit(lambda qpos, qvel, ctrl: physics.step(physics.init(qpos, qvel), ctrl).unstable)
    still = jnp.zeros(2)
    assert step(start, rest, still) == 0
    for bad in (2e10, jnp.nan, -jnp.inf):
        told = names[int(step(start.at[q].set(bad), rest, still))]
        assert told == f"QPOS of walker/knee_l, position {q}"
        told = names[int(step(start, rest.at[v].set(bad), still))]
        assert told == f"QVEL of walker/knee_l, DOF {v}"
    told = names[int(step(start, rest, still.at[0].set(1.0)))]
    assert told == f"QACC of walker/knee_l, DOF {v}"


@pytest.mark.parametrize("engine", ["native", pytest.param("mjx", marks=pytest.mark.slow)])
def test_its_training_fails_with_the_degree_of_freedom_and_the_remedy(scene, engine):
    class Follows:
        def phase(self, phase): ...
        def report(self, step, metrics): ...
        def reached(self, snapshot): ...
        def checkpoint(self, snapshot): ...
        def evaluated(self, snapshot): ...
        def stopping(self):
            return False

    said = (
        r"simulation of hopper at physics steps of 0\.002 s became unstable in .* of \d+ episodes"
        r".*QACC of walker/knee_[lr], DOF \d+ .*smaller scene\.physics_timestep.*implicitfast"
        r".*lower gains"
    )
    with pytest.raises(Diverged, match=said) as caught:
        train(make_env(scene, TASK, engine), PPO, TASK.episode_length, Follows())
    assert sum(caught.value.report["unstable"].values()) > 1


@pytest.mark.parametrize("engine", ["native", "dm_control"])
@pytest.mark.parametrize("stop_at_end", [True, False])
def test_a_rollout_ends_there_and_says_so(scene, tmp_path, engine, stop_at_end):
    config = RolloutConfig(
        scene=scene.config,
        task=TASK.changed(episode_length=100),
        policy="constant",
        engine=engine,
        seconds=0.5,
        stop_at_end=stop_at_end,
    )
    trajectory = Simulators().run(scene, config)
    # The engines name the largest value, MuJoCo's own warning the first of all.
    joint = "knee_" if engine == "native" else ", DOF 0"
    assert trajectory.ended.startswith(f"unstable (QACC of walker/{joint}")
    assert trajectory.summary().ended_by[0].startswith("an unstable simulation (QACC of walker/")
    assert trajectory.steps == 1
    assert trajectory.reward[-1] == 0.0
    np.testing.assert_array_equal(trajectory.qpos[-1], trajectory.qpos[-2])
    # What draws it does so, and says it too.
    trajectory.save(tmp_path / "unstable.h5")
    assert Trajectory.load(tmp_path / "unstable.h5").ended == trajectory.ended
    assert b"Simulation unstable (QACC" in b"".join(motion_file(scene, trajectory))


@pytest.mark.parametrize("steps", [1, 2, 50])
def test_driving_it_is_answered_in_words(scene, steps):
    state = {"qpos": scene.qpos.tolist(), "steps": steps}
    assert move(scene, ManualControl(**state, ctrl=[0.0, 0.0]))["qpos"]
    with pytest.raises(ValueError, match=r"unstable: .* QACC of walker/, DOF 0.*timestep"):
        move(scene, ManualControl(**state, ctrl=[0.0, 1.0]))
