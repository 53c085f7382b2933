"""How far the adapted walker departs from the scene's own, in MuJoCo's C engine."""

import mujoco
import numpy as np
import pytest

from vnl_core.config import MjxConfig
from vnl_core.presets import PRESETS
from vnl_core.scene import Scene, build
from vnl_core.scene.adapt import adapt
from vnl_core.scene.local_terrain import terrain_boxes

# Root height at rest, and over 100 physics steps of the same random controls the root's path
# (metres) and the joints (radians, root mean square). Measured: an ant is the same. A rodent
# rests 3.1 mm higher, on a belly that was an ellipsoid, and parts by 0.9 mm and 0.002 rad. The
# humanoid, whose half second is five times as long, parts by 45 mm and 0.044 rad, and lies 32 mm
# higher, for want of contact with itself: with `self_contact` all three are 0 for it.
BOUNDS = {
    "ant-easy": (1e-9, 1e-9, 1e-9),
    "rodent-gaps-2020": (0.005, 0.003, 0.005),
    "cmu-gaps": (0.05, 0.07, 0.07),
}


@pytest.fixture(scope="module", params=list(BOUNDS))
def preset(request) -> tuple[str, Scene]:
    config = PRESETS[request.param].run.scene.changed(corridor_length=12)
    return request.param, build(config)


def both(scene: Scene) -> tuple[mujoco.MjModel, mujoco.MjModel]:
    return scene.model, adapt(scene, "native").model


def test_names_mass_and_inertia_stay(preset):
    scene = preset[1]
    ours, theirs = (
        [model.body(i).name for i in range(model.nbody)]
        + [model.joint(i).name for i in range(model.njnt)]
        + [model.actuator(i).name for i in range(model.nu)]
        for model in both(scene)
    )
    assert ours == theirs
    for engine in ("native", "mjx", "mjx-warp"):
        adapted = adapt(scene, engine).model
        for field in ("body_mass", "body_inertia", "body_ipos", "dof_invweight0", "qpos0"):
            np.testing.assert_allclose(
                getattr(adapted, field), getattr(scene.model, field), atol=1e-12, err_msg=field
            )


def test_resting_height(preset):
    name, scene = preset
    heights = []
    for model in both(scene):
        data = mujoco.MjData(model)
        data.qpos[:] = scene.qpos
        mujoco.mj_step(model, data, round(1.5 / model.opt.timestep))
        heights.append(data.xpos[scene.root_id, 2])
    assert abs(heights[0] - heights[1]) < BOUNDS[name][0]


def test_first_hundred_steps_under_the_same_controls(preset):
    name, scene = preset
    paths = []
    for model in both(scene):
        data, random, rows = mujoco.MjData(model), np.random.default_rng(0), []
        data.qpos[:] = scene.qpos
        for step in range(100):
            if step % scene.config.substeps == 0:
                data.ctrl[:] = random.uniform(-1, 1, model.nu)
            mujoco.mj_step(model, data)
            rows.append(data.qpos.copy())
        paths.append(np.array(rows))
    apart = paths[0] - paths[1]
    assert np.abs(apart[:, :3]).max() < BOUNDS[name][1]
    assert np.sqrt((apart[:, 7:] ** 2).mean()) < BOUNDS[name][2]


@pytest.mark.parametrize("name", ["ant-easy", "cmu-gaps"])
def test_with_its_shapes_and_contact_with_itself_the_walker_is_its_own_model(name):
    scene = build(PRESETS[name].run.scene.changed(corridor_length=12))
    config = scene.config.changed(mjx=MjxConfig(self_contact=True, capsules=False))
    paths = []
    for model in (scene.model, adapt(build(config), "native").model):
        data = mujoco.MjData(model)
        data.qpos[:] = scene.qpos
        data.qvel[3:6] = 3.0
        mujoco.mj_step(model, data, 150)
        assert data.ncon
        paths.append(data.qpos.copy())
    np.testing.assert_allclose(paths[0], paths[1], atol=1e-6)


def test_feet_alone_when_asked():
    config = PRESETS["ant-easy"].run.scene
    scene = build(config.changed(mjx=MjxConfig(contacts="feet")))
    adapted = adapt(scene)
    assert adapted.slots is not None
    assert set(adapted.slots.geoms) == set(scene.walker.feet)
    model = adapted.model
    meeting = {model.geom(i).name for i in np.flatnonzero(model.geom_contype)}
    assert meeting == set(scene.walker.feet)


def test_range_finders_that_are_kept_see_the_whole_terrain():
    config = PRESETS["ant-easy"].run.scene.changed(mjx=MjxConfig(drop_sensors=False))
    adapted = adapt(build(config))
    assert mujoco.mjtSensor.mjSENS_RANGEFINDER in adapted.model.sensor_type
    assert adapted.slots is None
    assert len(terrain_boxes(adapted.model)) == len(terrain_boxes(build(config).model))


def test_simulation_models_are_small(preset):
    scene = preset[1]
    assert mujoco.mj_sizeModel(adapt(scene).model) < 0.5e6 < mujoco.mj_sizeModel(scene.model)
