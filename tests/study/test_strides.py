"""Strides of feet that touch the ground by a script."""

import numpy as np
import pytest
from recordings import TIMESTEP, recording

from vnl_core.study.strides import stride_rows

PERIOD, STANCE, LAG = 50, 30, 20


def _contact(n=500, bounce=False):
    step = np.arange(n)
    contact = np.stack([(step - lag) % PERIOD < STANCE for lag in (0, LAG)], axis=1)
    contact[step < LAG, 1] = False
    if bounce:
        contact[PERIOD * 2 + 10, 0] = False  # 10 ms without contact within a stance
        contact[PERIOD * 2 + 40, 0] = True  # 10 ms of contact within a swing
    return contact


@pytest.mark.parametrize("bounce", [False, True])
def test_periodic_contacts_give_exact_duty_factors_and_phases(bounce):
    x = np.arange(500) * TIMESTEP * 0.8
    rows = stride_rows(recording(x, _contact(bounce=bounce)))
    for foot, phase in (("foot 0", 0.0), ("foot 1", LAG / PERIOD)):
        mine = [row for row in rows if row["foot"] == foot]
        assert len(mine) >= 7
        for row in mine:
            assert row["duty_factor"] == pytest.approx(STANCE / PERIOD)
            assert row["duration"] == pytest.approx(PERIOD * TIMESTEP)
            assert row["frequency"] == pytest.approx(2.0)
            assert row["speed"] == pytest.approx(0.8)
            assert row["length"] == pytest.approx(0.4)
            assert row["froude"] == pytest.approx(0.8**2 / (9.81 * 0.5))
        inside = [row["phase"] for row in mine if np.isfinite(row["phase"])]
        assert inside == pytest.approx([phase] * len(inside))
        assert len(inside) >= 6


def test_a_foot_that_never_leaves_the_ground_makes_no_stride():
    assert stride_rows(recording(np.arange(300) * TIMESTEP, np.ones((300, 2), bool))) == []


def test_feet_in_the_air_make_no_stride():
    assert stride_rows(recording(np.arange(300) * TIMESTEP, np.zeros((300, 2), bool))) == []
