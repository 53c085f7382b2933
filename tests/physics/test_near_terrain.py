"""The terrain near a walker gives MJX the contacts of the whole terrain."""

import jax
import jax.numpy as jnp
import numpy as np
from mujoco import mjx

from vnl_core.config import Gaps, MjxConfig, SceneConfig
from vnl_core.physics import make_physics
from vnl_core.physics.near_terrain import NearTerrain
from vnl_core.scene import build
from vnl_core.scene.adapt import adapt
from vnl_core.scene.local_terrain import terrain_boxes

SCENE = SceneConfig(
    corridor_length=12,
    arena=Gaps(platform_length=0.8, gap_length=0.25),
)
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


def test_gaps_have_the_configured_width_to_a_millimetre():
    """Between the boxes that a foot meets, wherever in the gap it is."""
    scene = build(SCENE.changed(gap_length=0.123))
    adapted = adapt(scene)
    model, slots = adapted.model, adapted.slots
    assert slots is not None
    near, device = NearTerrain(model, slots), mjx.put_model(model)
    boxes = terrain_boxes(scene.model)
    position, size = scene.model.geom_pos[boxes], scene.model.geom_size[boxes]
    foot = int(np.flatnonzero([name in scene.walker.feet for name in slots.geoms])[0])

    @jax.jit
    def edges(qpos):
        data = mjx.kinematics(device, mjx.make_data(model).replace(qpos=qpos))
        fields = near.fields(device, data, position, size)
        here = slots.ids(model)[foot]
        # A slot that nothing is near waits far below, at the foot's own x.
        used = fields["geom_pos"][here, 2] > -100
        x = jnp.where(used, fields["geom_pos"][here, 0], jnp.inf)
        half = fields["geom_size"][here, 0]
        return x - half, x + half, data.geom_xpos[model.geom(slots.geoms[foot]).id, 0]

    for gap in scene.layout.gaps[:3]:
        at = edges(jnp.asarray(scene.qpos, jnp.float32))[2]
        for share in (0.1, 0.5, 0.9):
            x = gap.start + share * gap.length
            qpos = jnp.asarray(scene.qpos, jnp.float32).at[0].add(x - at)
            low, high, _ = edges(qpos)
            order = np.argsort(np.abs((low + high) / 2 - x))[:2]
            left, right = sorted(order, key=lambda i: low[i])
            assert abs(low[right] - high[left] - 0.123) < 1e-3
            assert abs(high[left] - gap.start) < 1e-3
