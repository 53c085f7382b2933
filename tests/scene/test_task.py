"""dm_control's own environment takes our task."""

import numpy as np

from vnl_core.config import SceneConfig, TaskConfig
from vnl_core.scene import build
from vnl_core.scene.layout import read_layout
from vnl_core.scene.task import composer_environment

SCENE = SceneConfig(corridor_length=12, walker="rodent", physics_timestep=0.001)


def test_composer_environment_has_the_scene_of_build():
    scene = build(SCENE)
    environment = composer_environment(SCENE, TaskConfig())
    for _ in range(2):  # the terrain stays the same from episode to episode
        environment.reset()
        physics = environment.physics
        assert physics
        np.testing.assert_allclose(physics.data.qpos, scene.qpos, atol=1e-12)
        assert read_layout(physics.model.ptr, SCENE) == scene.layout


def test_composer_environment_rewards_speed_and_ends_on_a_fall():
    task = TaskConfig(
        rewards={"target_speed": {"speed": 1.0}}, terminations={"fall": {"height": -0.3}}
    )
    environment = composer_environment(SCENE, task)
    timestep = environment.reset()
    assert timestep.observation  # proprioception, without the camera that needs OpenGL
    timestep = environment.step(np.zeros(environment.action_spec().shape))
    assert 0.0 <= timestep.reward <= 1.0
    assert not timestep.last()
    assert environment.physics
    environment.physics.data.qpos[2] = -1.0
    timestep = environment.step(np.zeros(environment.action_spec().shape))
    assert timestep.last()
    assert timestep.discount == 0.0
