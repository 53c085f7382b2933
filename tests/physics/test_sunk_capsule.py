"""Why a rodent parts from itself on MJX: a capsule sunk into a box deeper than its radius."""

import jax
import mujoco
import numpy as np
import pytest
from mujoco import mjx

# A rodent's toe on a platform: 1 mm thick, its axis tilted, so that one end is deeper.
TOE = """<mujoco><worldbody>
  <geom type="box" size="1 1 .1" pos="0 0 -.1"/>
  <body name="toe"><freejoint/><geom type="capsule" size=".001 .004" euler="0 60 0"/></body>
</worldbody></mujoco>"""


def depths(height: float) -> tuple[np.ndarray, np.ndarray]:
    """Contact distances with the toe's centre at `height` (m), deepest first: in C, on MJX."""
    model = mujoco.MjModel.from_xml_string(TOE)
    data = mujoco.MjData(model)
    data.qpos[2] = height
    mujoco.mj_forward(model, data)
    on_mjx = mjx.put_model(model)
    other = mjx.make_data(on_mjx)
    other = jax.jit(mjx.forward)(on_mjx, other.replace(qpos=jax.numpy.array(data.qpos)))
    found = np.sort(np.asarray(other.contact.dist))
    return np.sort(data.contact.dist), found[found < 0]


def test_resting_on_it_both_make_the_same_contact():
    in_c, on_mjx = depths(0.0025)  # its lower end 0.5 mm deep, its axis above
    np.testing.assert_allclose(in_c, [-0.0005], atol=1e-6)
    np.testing.assert_allclose(on_mjx, in_c, atol=1e-6)


def test_sunk_below_its_radius_c_makes_one_contact_and_mjx_one_at_each_end():
    in_c, on_mjx = depths(-0.004)  # lower end: 4 + 4 cos 60 deg + 1 mm deep; upper: 4 - 2 + 1
    np.testing.assert_allclose(on_mjx, [-0.007, -0.003], atol=1e-6)
    assert len(in_c) == 1
    assert in_c[0] == pytest.approx(-0.007, abs=1e-6) or in_c[0] == pytest.approx(-0.003, abs=1e-6)
