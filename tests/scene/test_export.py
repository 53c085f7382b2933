"""Exports load elsewhere and are the same model."""

import io
import zipfile

import mujoco
import numpy as np
import pytest

from vnl_core.config import SceneConfig
from vnl_core.scene import build
from vnl_core.scene.export import mjb, mjcf_zip


@pytest.mark.parametrize("walker", ["ant", "rodent", "cmu_humanoid"])
def test_the_zip_loads_from_a_folder_of_its_own(walker, tmp_path):
    scene = build(SceneConfig(walker=walker, corridor_length=10))
    zipfile.ZipFile(io.BytesIO(mjcf_zip(scene))).extractall(tmp_path)
    model = mujoco.MjModel.from_xml_path(str(tmp_path / "scene.xml"))
    np.testing.assert_array_equal(model.geom_pos, scene.model.geom_pos)
    assert model.ntex == scene.model.ntex
    data = mujoco.MjData(model)
    mujoco.mj_resetDataKeyframe(model, data, model.key("start").id)
    mujoco.mj_forward(model, data)
    np.testing.assert_allclose(data.xpos, scene.data().xpos, atol=1e-9)
    config = SceneConfig.model_validate_json((tmp_path / "config.json").read_text())
    assert config == scene.config


def test_the_mjb_is_the_same_model(tmp_path):
    scene = build(SceneConfig(corridor_length=10))
    path = tmp_path / "scene.mjb"
    path.write_bytes(mjb(scene))
    model = mujoco.MjModel.from_binary_path(str(path))
    np.testing.assert_array_equal(model.key_qpos[model.key("start").id], scene.qpos)
    assert model.opt.timestep == scene.model.opt.timestep
