"""Work and cost of transport against a box that MuJoCo pushes over a rough floor."""

import mujoco
import numpy as np
import pytest
from recordings import recording

from vnl_core.study.episodes import episode_row

BOX = """
<mujoco><option timestep="0.01" gravity="0 0 -9.81"/><worldbody><body>
  <joint name="x" type="slide" axis="1 0 0" damping="40"/>
  <geom type="box" size=".1 .1 .1" mass="2"/>
</body></worldbody><actuator><motor joint="x"/></actuator></mujoco>
"""


def test_a_box_pushed_by_a_known_force_costs_that_force_over_its_weight():
    model = mujoco.MjModel.from_xml_string(BOX)
    data = mujoco.MjData(model)
    force = 16.0
    x, power = [], []
    for _ in range(1000):
        data.ctrl[:] = force
        x.append(data.qpos[0])
        mujoco.mj_step(model, data)
        power.append(data.actuator_force * data.actuator_velocity)
    row = episode_row(recording(x, power=power, mass=2.0), arrays=False)
    # Work is force times distance; a step's power is that of its beginning, so 1 %.
    assert row["work"] == pytest.approx(force * row["distance"], rel=0.01)
    assert row["cost_of_transport"] == pytest.approx(force / (2.0 * 9.81), rel=0.01)
    assert row["speed"] == pytest.approx(force / 40, rel=0.02)


def test_work_that_is_done_on_the_walker_is_not_positive():
    power = np.stack([np.full(100, 3.0), np.full(100, -1.0)], axis=1)
    row = episode_row(recording(np.arange(100) * 0.01, power=power), arrays=False)
    assert row["work"] == pytest.approx(4.0)
    assert row["positive_work"] == pytest.approx(3.0)


def test_one_that_went_backwards_has_no_cost_of_transport():
    row = episode_row(recording(-np.arange(100) * 0.01), arrays=False)
    assert np.isnan(row["cost_of_transport"])
