"""The terrain near a walker gives MJX the contacts of the whole terrain."""

import jax
import jax.numpy as jnp
import numpy as np

from vnl_core.config import MjxConfig, SceneConfig
from vnl_core.physics import make_physics
from vnl_core.scene import build

SCENE = SceneConfig(corridor_length=12, platform_length=0.8, gap_length=0.25)
WHOLE = MjxConfig(local_terrain=False, max_geom_pairs=1000, max_contact_points=1000)
BATCH, STEPS = 6, 40


def walk(config: SceneConfig) -> tuple[np.ndarray, np.ndarray]:
    """qpos (steps, batch, nq) and touching contacts (steps, batch) of ants thrown over gaps."""
    scene = build(config)
    physics = make_physics(scene, "mjx")
    qpos = jnp.tile(jnp.asarray(scene.qpos, jnp.float32), (BATCH, 1))
    qpos = qpos.at[:, 0].add(jnp.linspace(0.0, 2.0, BATCH))
    qvel = jnp.zeros(scene.model.nv).at[0].set(2.0)
    ctrls = jax.random.uniform(
        jax.random.PRNGKey(0), (STEPS, BATCH, scene.model.nu), minval=-1, maxval=1
    )

    def roll(qpos, ctrls):
        def step(state, ctrl):
            state = physics.step(state, ctrl)
            return state, (state.qpos, (state.engine._impl.contact.dist < 0).sum())

        return jax.lax.scan(step, physics.init(qpos, qvel), ctrls)[1]

    return jax.device_get(jax.jit(jax.vmap(roll, in_axes=(0, 1), out_axes=1))(qpos, ctrls))


def test_contacts_are_those_of_the_whole_terrain():
    """Measured: qpos to 6e-6 over these steps, and every contact."""
    near, whole = walk(SCENE), walk(SCENE.changed(mjx=WHOLE))
    assert near[1].sum() > 100  # they do touch
    np.testing.assert_array_equal(near[1], whole[1])
    np.testing.assert_allclose(near[0], whole[0], atol=1e-4)
