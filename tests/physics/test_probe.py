"""What is measured in every physics step, beside what plain MuJoCo says of the same states."""

import jax
import jax.numpy as jnp
import mujoco
import numpy as np
import pytest

from vnl_core.envs import CorridorEnv
from vnl_core.physics import probe
from vnl_core.physics.native import tracked_model
from vnl_core.presets import PRESETS
from vnl_core.scene import build

SUBSTEPS = 300


@pytest.fixture(scope="module", params=["ant-gaps", "rodent-gaps-2020"])
def stepped(request):
    """Physics steps under fixed controls: (scene, what is probed, what MuJoCo says)."""
    scene = build(PRESETS[request.param].run.scene)
    model = tracked_model(scene, own_terrain=True, probed=True)
    data = mujoco.MjData(model)
    data.qpos[:] = scene.qpos
    data.ctrl[:] = model.actuator_ctrlrange.mean(axis=1)
    feet = [model.geom(foot).id for foot in scene.walker.feet]
    tracked = model.nsensordata - probe.size(scene)
    values, forces, power, centre = [], [], [], []
    for _ in range(SUBSTEPS):
        mujoco.mj_step(model, data)
        values.append(data.sensordata[tracked:].copy())
        forces.append(_ground_forces(model, data, feet))
        power.append(data.actuator_force * data.actuator_velocity)
        centre.append(data.subtree_com[model.body(scene.walker.root_body).id].copy())
    probed = probe.read(scene, np.array(values))
    return scene, probed, np.array(forces), np.array(power), np.array(centre)


def _ground_forces(model, data, feet):
    """Force of the terrain on each foot from MuJoCo's own list of contacts, world axes."""
    total = np.zeros((len(feet), 3))
    for i, contact in enumerate(data.contact):
        for foot_side, other_side in ((0, 1), (1, 0)):
            foot, other = contact.geom[foot_side], contact.geom[other_side]
            if foot in feet and model.body_weldid[model.geom_bodyid[other]] == 0:
                local = np.zeros(6)
                mujoco.mj_contactForce(model, data, i, local)
                on_second = contact.frame.reshape(3, 3).T @ local[:3]
                total[feet.index(foot)] += on_second if foot_side == 1 else -on_second
    return total


def test_forces_on_the_feet_are_those_of_mujocos_contacts(stepped):
    _, probed, forces, _, _ = stepped
    assert np.abs(forces).max() > 0
    np.testing.assert_allclose(probed.foot_force, forces, atol=1e-9 * np.abs(forces).max())


def test_a_foot_touches_where_a_force_acts(stepped):
    scene, probed, forces, _, _ = stepped
    pressed = np.linalg.norm(forces, axis=-1) > 0
    assert pressed.any()
    np.testing.assert_array_equal(probed.foot_contact, pressed)
    # It acts somewhere on the foot.
    away = probed.contact_position[pressed] - probed.foot_position[pressed]
    assert np.linalg.norm(away, axis=-1).max() < max(scene.model.geom_rbound)
    assert np.isnan(probed.contact_position[~probed.foot_contact]).all()


def test_power_is_force_times_velocity(stepped):
    _, probed, _, power, _ = stepped
    np.testing.assert_array_equal(probed.power, power)


def test_the_centre_of_mass_is_mujocos(stepped):
    _, probed, _, _, centre = stepped
    np.testing.assert_array_equal(probed.centre_of_mass, centre)


def test_measuring_changes_no_step():
    run = PRESETS["ant-gaps"].run
    task = run.task.changed(terrain="new", curriculum=False)
    measured = CorridorEnv(run.scene, task, "native", probed=True)
    plain = CorridorEnv(run.scene, task, "native")
    states = [jax.jit(env.evaluation_reset)(jax.random.PRNGKey(3)) for env in (measured, plain)]
    steps = [jax.jit(env.step) for env in (measured, plain)]
    for i in range(50):
        action = 0.5 * jnp.sin(jnp.arange(measured.action_size) + i / 5)
        states = [step(state, action) for step, state in zip(steps, states, strict=True)]
    np.testing.assert_array_equal(states[0].pipeline_state.qpos, states[1].pipeline_state.qpos)
    np.testing.assert_array_equal(states[0].obs, states[1].obs)


def test_mjx_measures_nothing_and_says_so():
    run = PRESETS["ant-gaps"].run
    with pytest.raises(ValueError, match="Use native"):
        CorridorEnv(run.scene, run.task, "mjx", probed=True)
