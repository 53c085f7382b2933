"""Integrator, damping and start pose that a file asks for: offered, and taken up by name."""

import mujoco
import numpy as np
import pytest
from hopper import CASES, hopper, in_corridor

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene.compat import report
from vnl_core.scene.task import composer_environment

PLAIN = (CASES / "free-joint-by-joint.xml").read_text()


def with_sections(folder, option="", key=""):
    text = PLAIN.replace("<worldbody>", f"{option}<worldbody>")
    path = folder / "animal.xml"
    path.write_text(text.replace("</mujoco>", f"<keyframe>{key}</keyframe></mujoco>"))
    return path


@pytest.mark.parametrize("name", ["euler", "implicitfast", "implicit", "rk4"])
@pytest.mark.parametrize("damped", [True, False])
def test_the_files_integrator_is_offered_and_the_scene_takes_it(
    monkeypatch, tmp_path, name, damped
):
    word = {"euler": "Euler", "rk4": "RK4"}.get(name, name)
    flag = "" if damped else '<flag eulerdamp="disable"/>'
    path = with_sections(tmp_path, f'<option integrator="{word}">{flag}</option>')
    offered = hopper(path).file_options
    assert offered == (name, damped)
    scene = in_corridor(monkeypatch, tmp_path, path, **offered._asdict())
    theirs = mujoco.MjModel.from_xml_path(str(path)).opt
    assert scene.model.opt.integrator == theirs.integrator
    assert scene.model.opt.disableflags == theirs.disableflags
    refused = [f for f in report(scene) if f.severity == "refused" and "integrator" in f.kind]
    assert bool(refused) == (name == "implicit")


def test_a_config_of_before_reads_the_same():
    old = {"walker": "ant", "solver": "cg"}
    config = SceneConfig.model_validate(old)
    assert (config.integrator, config.eulerdamp) == ("euler", True)


def test_a_keyframe_is_the_start_pose_for_scene_and_dm_control_alike(monkeypatch, tmp_path):
    """Turned a quarter to the left, a knee bent: lowest geom on the floor, wherever x is."""
    turned = "0.7071067811865476 0 0 0.7071067811865476"
    key = f'<key name="crouch" qpos="7 3 0.1 {turned} 0.5 -0.5"/><key qpos="0 0 1 1 0 0 0 0 0"/>'
    path = with_sections(tmp_path, key=key)
    assert hopper(path).keyframes == ("crouch", "key_1")
    scene = in_corridor(monkeypatch, tmp_path, path, keyframe="crouch")
    np.testing.assert_allclose(scene.qpos[-2:], [0.5, -0.5])
    data = scene.data()
    np.testing.assert_allclose(data.xpos[scene.root_id, :2], [5.0, 0.0], atol=1e-6)
    forward = data.xmat[scene.root_id].reshape(3, 3)[:, 0]
    np.testing.assert_allclose(forward, [0, 1, 0], atol=1e-6)
    # The shanks reach 0.45 m along their turn and 0.04 m around.
    assert data.xpos[scene.root_id, 2] == pytest.approx(0.45 * np.cos(0.5) + 0.04, abs=1e-5)
    environment = composer_environment(scene.config, TaskConfig())
    environment.reset()
    physics = environment.physics
    assert physics
    np.testing.assert_allclose(physics.data.qpos, scene.qpos, atol=1e-9)


def test_a_keyframe_that_is_not_there_is_told_with_those_that_are(tmp_path):
    path = with_sections(tmp_path, key='<key name="crouch"/>')
    with pytest.raises(ValueError, match=r"no keyframe 'sit'. Use one of crouch"):
        hopper(path, keyframe="sit")


def test_without_a_camera_dm_controls_environment_runs_and_pictures_are_refused(
    monkeypatch, tmp_path
):
    scene = in_corridor(monkeypatch, tmp_path, CASES / "camera-missing.xml")
    assert scene.walker.egocentric_camera is None
    environment = composer_environment(scene.config, TaskConfig())
    environment.reset()
    step = environment.step(np.zeros(environment.action_spec().shape))
    assert np.isfinite(step.reward)
    assert not any("camera" in name for name in step.observation)
    with pytest.raises(ValueError, match="'hopper' has no camera of its own"):
        composer_environment(scene.config, TaskConfig(), egocentric_camera=True)
