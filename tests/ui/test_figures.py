import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from vnl_core.config import Gaps, SceneConfig, TaskConfig, Walls
from vnl_core.scene import build
from vnl_core.ui.charts import curves
from vnl_core.ui.charts.plans import corridor_plan


def traces(figure: go.Figure) -> list[Any]:
    return list(figure.data)


def row(step, **metrics):
    return {"step": step, "time": 0.0, **{k.replace("__", "/"): v for k, v in metrics.items()}}


ROWS = [
    row(0, eval__episode_reward=1.0, eval__episode_reward_std=0.5),
    row(50, episode__sum_reward=2.0),
    row(100, eval__episode_reward=3.0, eval__episode_reward_std=0.25, training__total_loss=None),
]


def test_a_curve_holds_only_the_rows_that_have_it():
    assert curves.curve(ROWS, "eval/episode_reward") == ([0, 100], [1.0, 3.0])
    assert curves.curve(ROWS, "training/total_loss") == ([], [])


def test_a_long_curve_is_thinned_but_keeps_its_last_point():
    rows = [row(step, eval__episode_reward=float(step)) for step in range(12_345)]
    steps, values = curves.curve(rows, "eval/episode_reward")
    assert 500 <= len(steps) <= curves.MAX_POINTS + 1
    assert (steps[-1], values[-1]) == (12_344, 12_344.0)
    assert len(set(np.diff(steps))) == 1


def test_the_band_is_one_deviation_to_either_side():
    band, mean = traces(curves.reward_figure({"run": ROWS}))
    assert list(mean.y) == [1.0, 3.0]
    assert list(band.x) == [0, 100, 100, 0]
    assert list(band.y) == [1.5, 3.25, 2.75, 0.5]


def test_panels_leave_out_what_was_not_measured():
    assert list(curves.panels(ROWS, TaskConfig())) == ["Episode reward"]
    with_term = [*ROWS, row(100, **{"eval__episode_reward__forward": 2.0})]
    assert "Reward terms" in curves.panels(with_term, TaskConfig())


def test_metric_names_begin_with_evaluations():
    names = curves.metric_names(ROWS)
    assert names == ["eval/episode_reward", "episode/sum_reward", "training/total_loss"]


@pytest.fixture(scope="module")
def gaps():
    config = SceneConfig(
        corridor_length=15.0,
        arena=Gaps(gap_length=0.4, platform_length=1.5),
    )
    return build(config)


def test_the_plan_draws_platforms_and_gaps_where_they_are(gaps):
    figure = corridor_plan(gaps.layout, gaps.config)
    bars = [trace for trace in traces(figure) if trace.type == "bar"]
    for name, segments in (("platforms", gaps.layout.platforms), ("gaps", gaps.layout.gaps)):
        side, top = [bar for bar in bars if bar.name == name]
        for bar in (side, top):
            starts = np.array(bar.x) - np.array(bar.width) / 2
            np.testing.assert_allclose(starts, [s.start for s in segments])
            np.testing.assert_allclose(bar.width, [s.length for s in segments])
        assert list(top.y) == [gaps.config.corridor_width] * len(segments)
    assert f"gap 0: {gaps.layout.gaps[0].length:.2f} m long" in bars[2].hovertext[0]


def test_the_plan_is_to_scale(gaps):
    layout = json.loads(str(corridor_plan(gaps.layout, gaps.config).to_json()))["layout"]
    assert layout["yaxis"]["scaleanchor"] == "x"
    assert layout["yaxis2"]["scaleanchor"] in ("x", "x2")


def test_walls_stand_in_the_plan_as_in_the_scene():
    scene = build(SceneConfig(arena=Walls(), corridor_length=12.0))
    figure = corridor_plan(scene.layout, scene.config)
    side, top = [trace for trace in traces(figure) if trace.name == "walls"]
    assert list(side.y) == [wall.height for wall in scene.layout.walls]
    assert list(top.base) == [wall.y_low for wall in scene.layout.walls]


def test_thirty_runs_are_told_apart():
    ids = [f"ant-gaps-seed-{i}-20261127-1203{i % 3}0" for i in range(30)]
    figure = curves.comparison(dict.fromkeys(ids, ROWS), "eval/episode_reward")
    looks = {(trace.line.color, trace.line.dash) for trace in traces(figure)}
    assert len(looks) == len(traces(figure)) == 30  # and no bands
    assert figure.layout.legend.orientation == "v"
    assert [trace.name for trace in traces(figure)][:2] == [
        "0-20261127-120300",
        "1-20261127-120310",
    ]


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["ant-7", "ant-8"], ["7", "8"]),
        (["ant-a-20260101-101010", "ant-b-20260101-101010"], ["a", "b"]),
        (["ant-1", "ant-1-2"], ["1", "1-2"]),
        (["ant-1"], ["ant-1"]),
    ],
)
def test_names_are_short_where_they_differ(ids, names):
    assert curves.short_names(ids) == names
