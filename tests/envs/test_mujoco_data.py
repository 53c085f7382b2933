"""From a state back to MuJoCo: the same numbers, the same terrain, the same pictures."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vnl_core.config import Gaps, SceneConfig, TaskConfig, Uniform
from vnl_core.envs import CorridorEnv
from vnl_core.scene.adapt import adapt

SCENE = SceneConfig(corridor_length=16.0, arena=Gaps(gap_length=Uniform(low=0.2, high=0.6)))


@cache
def env(terrain: str = "new", engine: str = "native") -> CorridorEnv:
    return CorridorEnv(SCENE, TaskConfig(terrain=terrain), engine, threads=1)  # type: ignore[arg-type]


@cache
def state(terrain: str = "new", engine: str = "native"):
    made = env(terrain, engine)
    first = jax.jit(made.reset)(jax.random.PRNGKey(3))
    return jax.jit(made.step)(first, jnp.full(8, 0.3))


def test_the_terrain_drawn_for_a_state_is_that_of_its_data():
    layout = env().layout(state())
    data = env().mj_data(state())
    tops = [data.model.geom(f"floor_{i}") for i in range(len(layout.platforms) - 1)]
    starts = [float(geom.pos[0] - geom.size[0]) for geom in tops]
    assert starts == pytest.approx([p.start for p in layout.platforms[1:]], abs=1e-5)
    assert len(layout.gaps) > 3
    assert [g.length for g in layout.gaps] != [g.length for g in env().scene.layout.gaps]


@pytest.mark.parametrize("terrain", ["fixed", "new"])
def test_data_has_the_state_and_what_follows_from_it(terrain):
    data, physics = env(terrain).mj_data(state(terrain)), state(terrain).pipeline_state
    np.testing.assert_array_equal(data.qpos, physics.qpos)
    np.testing.assert_array_equal(data.qvel, physics.qvel)
    assert data.time == pytest.approx(0.01)
    root = env(terrain).root_position(physics)
    np.testing.assert_allclose(data.xpos[env(terrain).scene.root_id], root, atol=1e-6)


def test_mjx_data_is_the_same_state_from_either_engine():
    by_native = env("fixed").mjx_data(state("fixed"))
    assert by_native.qpos.shape == (adapt(env("fixed").scene).model.nq,)
    np.testing.assert_array_equal(by_native.qpos, state("fixed").pipeline_state.qpos)
    np.testing.assert_allclose(by_native.subtree_com[env("fixed").scene.root_id][0], 5.0, atol=0.1)


def test_a_batch_is_refused_with_the_way_out():
    batch = jax.tree.map(lambda x: jnp.stack([x, x]), state())
    with pytest.raises(ValueError, match=r"jax\.tree\.map"):
        env().mj_data(batch)


def test_camera_0_is_camera_0_and_none_is_the_free_one():
    made = env()
    [first, free, named] = (
        made.render(state(), 120, 160, camera)
        for camera in (0, None, made.scene.model.camera(0).name)
    )
    assert first.shape == (120, 160, 3) and first.dtype == np.uint8
    np.testing.assert_array_equal(first, named)
    assert (first != free).mean() > 0.2
    assert len(made.render([state(), state().pipeline_state], 60, 80, 1)) == 2
