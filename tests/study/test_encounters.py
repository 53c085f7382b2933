"""What became of a gap, in episodes made up so that the answer is known."""

import numpy as np
import pytest
from recordings import TIMESTEP, recording

from vnl_core.study.encounters import encounter_rows


def test_a_leap_gives_take_off_flight_and_landing():
    # 1 m/s from 0; in the air from 0.9 to 1.4, so from 0.1 before the gap to 0.1 behind it.
    x = np.arange(200) * TIMESTEP
    contact = np.stack([(x < 0.9) | (x >= 1.4), (x < 0.8) | (x >= 1.6)], axis=1)
    z = np.where((x > 0.9) & (x < 1.4), 0.5 + np.sin((x - 0.9) / 0.5 * np.pi) * 0.2, 0.5)
    (row,) = encounter_rows(recording(x, contact, z=z))
    assert row["outcome"] == "crossed"
    assert row["width"] == pytest.approx(0.3)
    assert row["width_body_lengths"] == pytest.approx(0.75)
    assert (row["platform_before"], row["platform_after"]) == pytest.approx((1.0, 1.7))
    # To one physics step, the resolution of the record.
    assert row["takeoff_time"] == pytest.approx(0.89, abs=TIMESTEP)
    assert row["takeoff_distance"] == pytest.approx(0.11, abs=0.011)
    assert row["landing_time"] == pytest.approx(1.4, abs=TIMESTEP)
    assert row["landing_distance"] == pytest.approx(0.1, abs=0.011)
    assert row["flight_time"] == pytest.approx(0.51, abs=2 * TIMESTEP)
    assert row["approach_speed"] == pytest.approx(1.0)
    assert row["landing_speed"] == pytest.approx(1.0)
    assert row["peak_height"] == pytest.approx(0.7, abs=0.001)
    assert row["lead_foot"] == "foot 0"


def test_a_step_across_has_no_flight():
    x = np.arange(200) * TIMESTEP
    ahead, behind = x + 0.4, x - 0.4
    contact = np.stack([(ahead < 1) | (ahead > 1.3), (behind < 1) | (behind > 1.3)], axis=1)
    at = np.stack([ahead, behind], axis=1)
    (row,) = encounter_rows(recording(x, contact, at))
    assert row["outcome"] == "crossed"
    assert row["landing_time"] < row["takeoff_time"]
    assert row["flight_time"] == 0
    assert row["lead_foot"] == "foot 0"


def test_one_that_ends_in_the_gap_fell():
    x = np.minimum(np.arange(200) * TIMESTEP, 1.15)
    z = np.where(x < 1.1, 0.5, -0.4)
    (row,) = encounter_rows(recording(x, z=z, end="fall"))
    assert row["outcome"] == "fell"
    assert np.isnan(row["landing_time"])


def test_one_that_passes_below_the_platforms_has_not_crossed():
    x = np.arange(200) * TIMESTEP
    z = np.where(x < 1.05, 0.5, -0.4)
    (row,) = encounter_rows(recording(x, z=z, end="fall"))
    assert row["outcome"] == "fell"


@pytest.mark.parametrize(("stop", "outcome"), [(0.95, "refused"), (1.1, "censored"), (0.5, None)])
def test_time_is_up(stop, outcome):
    """Within a body length (0.4 m) of the edge, over the gap, and out of reach."""
    x = np.minimum(np.arange(600) * TIMESTEP, stop)
    rows = encounter_rows(recording(x))
    assert [row["outcome"] for row in rows] == ([outcome] if outcome else [])


def test_a_short_stop_before_the_edge_is_no_refusal():
    x = np.minimum(np.arange(100) * TIMESTEP, 0.95)
    assert encounter_rows(recording(x)) == []


def test_a_fall_on_the_platform_before_meets_no_gap():
    x = np.minimum(np.arange(200) * TIMESTEP, 0.8)
    assert encounter_rows(recording(x, end="unhealthy")) == []


def test_what_became_of_a_gap_is_unknown_where_the_simulation_broke():
    x = np.minimum(np.arange(200) * TIMESTEP, 1.1)
    (row,) = encounter_rows(recording(x, end="unstable"))
    assert row["outcome"] == "censored"
