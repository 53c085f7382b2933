"""Configs: every field tells its unit, JSON round trips, and the impossible is refused."""

import json
import math
import re

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from vnl_core.config import (
    ARENAS,
    Config,
    Cycle,
    Empty,
    Gaps,
    Growing,
    MjxConfig,
    PPOConfig,
    RolloutConfig,
    RunConfig,
    SceneConfig,
    TaskConfig,
    Uniform,
    VideoConfig,
    problems,
)
from vnl_core.config.span import bounds, largest, smallest
from vnl_core.config.task import REGISTRIES
from vnl_core.config.terms.observations import HeightScan
from vnl_core.presets import PPO_SIZES, PRESETS
from vnl_core.scene.arenas import make_arena


def refused(model: type[Config], **values) -> str:
    """The one problem that `values` have, as the user reads it."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    (problem,) = problems(caught.value)
    return str(problem)


@pytest.mark.parametrize(
    "model", [SceneConfig, TaskConfig, PPOConfig, RunConfig, RolloutConfig, Uniform, Cycle, Growing]
)
def test_every_field_has_a_sentence_and_a_unit(model):
    for name, info in model.model_fields.items():
        assert re.fullmatch(r".+\. \[.+\]", info.description or ""), name


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json(name):
    run = PRESETS[name].run
    assert RunConfig.model_validate_json(run.to_json()) == run


def test_seed_notebook_has_the_notebooks_values():
    run = PRESETS["seed-notebook"].run
    assert run.scene.arena.platform_length == Uniform(low=1.5, high=2.0)
    assert run.scene.arena.gap_length == Uniform(low=0.05, high=0.2)
    assert (run.scene.corridor_width, run.scene.corridor_length) == (5, 40)
    assert (run.scene.solver, run.scene.iterations, run.scene.ls_iterations) == ("cg", 1, 4)
    assert run.scene.substeps == 5
    assert run.scene.spawn_position == (5, 0, 0)
    assert {name: reward.weight for name, reward in run.task.rewards.items()} == {
        "forward": 5.0,
        "distance": 5.0,
        "alive": 0.5,
        "control_cost": 0.1,
    }


spans = st.one_of(
    st.floats(0.1, 4),
    st.tuples(st.floats(0.1, 4), st.floats(0.1, 4)).map(
        lambda pair: Uniform(low=min(pair), high=max(pair))
    ),
    st.lists(st.floats(0.1, 4), min_size=1, max_size=9).map(lambda v: Cycle(values=tuple(v))),
    st.tuples(st.floats(0.1, 4), st.floats(0.1, 4)).map(
        lambda pair: Growing(first=pair[0], step=(pair[1] - pair[0]) / 3, last=pair[1])
    ),
)


@given(
    gap=spans,
    platform=spans,
    width=st.floats(0.5, 50),
    x=st.floats(0, 6),
    seed=st.integers(0, 2**32 - 1),
)
def test_possible_scenes_are_taken_and_survive_json(gap, platform, width, x, seed):
    scene = SceneConfig(
        arena=Gaps(gap_length=gap, platform_length=platform),
        corridor_width=width,
        spawn_position=(x, 0, 0),
        terrain_seed=seed,
    )
    assert SceneConfig.model_validate_json(scene.to_json()) == scene


@given(
    field=st.sampled_from(
        ["corridor_width", "corridor_length", "arena.gap_length", "spawn_rotation"]
    ),
    value=st.sampled_from([math.nan, math.inf, -math.inf, -1e9, 1e9]),
)
def test_absurd_numbers_are_refused_by_name(field, value):
    assert refused(SceneConfig, **{field.split(".")[-1]: value}).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("values", "field", "remedy"),
    [
        ({"gap_length": 15, "corridor_length": 10}, "gap_length", "Shorten the gap"),
        ({"platform_height": -5}, "platform_height", "between -0.5 and 0.5 m"),
        ({"gap_length": 900}, "gap_length: 900", "between 0 and 20 m"),
        ({"gap_length": "5, 10, 15"}, "gap_length: 5 may be metres", "Write 5 cm or 5 m."),
        ({"corridor_length": 10_000}, "corridor_length", "at most 200"),
        ({"corridor_width": -1}, "corridor_width", "at least 0.5"),
        ({"spawn_position": (7, 0, 0)}, "spawn_position", "between 0 and 6"),
        ({"spawn_position": (-1, 0, 0)}, "spawn_position", "between 0 and 6"),
        ({"spawn_position": (5, 3, 0)}, "spawn_position", "between -2.5 and 2.5"),
        ({"spawn_position": (5, 0, -1)}, "spawn_position", "between 0 and 5"),
        ({"gap_length": {"low": 2, "high": 1}}, "gap_length.low", "Swap"),
        ({"platform_length": 0.1, "gap_length": 0.0, "corridor_length": 200}, "platform", "longer"),
        ({"control_timestep": 0.003}, "control_timestep", "0.004 s"),
        ({"control_timestep": 0.001}, "control_timestep", "0.002 s"),
        ({"arena": "walls", "wall_width": 5}, "wall_width", "Narrow the wall"),
        ({"gap_lenght": 1}, "gap_lenght", "correct its name"),
    ],
)
def test_impossible_scenes_are_refused_with_field_and_remedy(values, field, remedy):
    message = refused(SceneConfig, **values)
    assert message.removeprefix("arena.").startswith(field)
    assert remedy in message


def test_spawn_may_be_anywhere_on_a_floor_without_gaps():
    assert SceneConfig(arena=Empty(), spawn_position=(20, 0, 0)).spawn_position[0] == 20


def test_ppo_explains_the_division_of_unrolls():
    message = refused(PPOConfig, num_envs=60, batch_size=64, num_minibatches=8)
    assert message.startswith("num_envs: ")
    assert "512 unrolls" in message
    assert "Use 64 environments" in message


@pytest.mark.parametrize("size", PPO_SIZES.values(), ids=PPO_SIZES)
def test_total_steps_are_whole_evaluations_of_at_least_what_was_asked(size):
    intervals = size.num_evals - 1
    assert size.total_steps >= size.num_timesteps
    assert size.total_steps % (intervals * size.steps_per_update) == 0
    assert size.total_steps - size.num_timesteps < intervals * size.steps_per_update


def test_a_task_names_each_term_once():
    assert "twice" in refused(TaskConfig, observations=("qpos", "qpos"))


def test_checkpoint_policy_needs_a_checkpoint():
    assert refused(RolloutConfig, policy="checkpoint").startswith("checkpoint: ")


def test_configs_are_frozen():
    with pytest.raises(ValidationError):
        SceneConfig().corridor_width = 1


def numeric_fields(model: type[Config]):
    """Each field of `model` that takes numbers and no switch, with a value that is inside it."""
    for name, info in model.model_fields.items():
        default = info.get_default(call_default_factory=True)
        if isinstance(default, int | float) and not isinstance(default, bool):
            yield name, True
        elif isinstance(default, tuple) and default and isinstance(default[0], int | float):
            yield name, [True, *default[1:]]
        elif isinstance(default, Uniform):
            yield name, {"low": 0.1, "high": True}
            yield name, {"values": [0.1, True]}
            yield name, True


@pytest.mark.parametrize(
    "model",
    [
        SceneConfig,
        *map(ARENAS.find, ARENAS),
        MjxConfig,
        TaskConfig,
        *(registry.find(name) for registry in REGISTRIES.values() for name in registry),
        PPOConfig,
        RunConfig,
        RolloutConfig,
        VideoConfig,
    ],
)
def test_true_is_a_number_nowhere(model):
    for name, value in numeric_fields(model):
        for switch in (value, json.loads(json.dumps(value).replace("true", "false"))):
            with pytest.raises(ValidationError) as caught:
                model.model_validate({name: switch})
            (problem,) = problems(caught.value)
            assert problem.field == name
            assert "is no number" in problem.reason


@given(st.lists(st.integers(0, 400), min_size=1, max_size=9), st.sampled_from(["cm", "mm"]))
def test_a_list_with_units_is_the_same_in_metres(values, unit):
    text = ", ".join(f"{value} {unit}" for value in values)
    metres = [value / {"cm": 100, "mm": 1000}[unit] for value in values]
    assume(len(values) > 1)
    assert SceneConfig.model_validate({"gap_length": text}) == SceneConfig(
        arena=Gaps(gap_length=Cycle(values=tuple(metres)))
    )
    first = SceneConfig.model_validate({"gap_length": f"{values[0]}{unit}"})
    assert first.arena.gap_length == metres[0]


@given(st.lists(st.floats(0, 4), min_size=2, max_size=9), st.sampled_from([", ", ","]))
@example([1e-05, 1e-05], ",")
def test_a_list_in_metres_is_read_as_it_is_written(values, comma):
    text = comma.join(map(repr, values))
    assert SceneConfig.model_validate({"gap_length": text}).arena.gap_length == Cycle(
        values=tuple(values)
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), min_size=1, max_size=5))
def test_decimal_commas_are_refused_with_a_point(pairs):
    text = ", ".join(f"{whole},{part:02d}" for whole, part in pairs)
    for model, field in ((Gaps, "gap_length"), (SceneConfig, "corridor_width")):
        said = refused(model, **{field: text})
        assert said.startswith(f"{field}: ")
        assert f"Write a decimal point ({pairs[0][0]}.{pairs[0][1]:02d})" in said


def test_metres_that_are_meant_are_taken():
    for said in ("5 m, 10 m", [5, 10], {"values": [5.0, 10.0]}):
        values = {"values": said} if isinstance(said, list) else said
        assert SceneConfig.model_validate({"gap_length": values}).arena.gap_length == Cycle(
            values=(5.0, 10.0)
        )


def test_an_unknown_unit_is_refused():
    assert "Write it in m, cm or mm." in refused(SceneConfig, gap_length="2 feet")
    assert "Write the number alone (s)." in refused(SceneConfig, control_timestep="20 ms")


@given(span=spans, count=st.integers(1, 30))
def test_every_value_of_a_span_lies_between_its_smallest_and_largest(span, count):
    for index in range(count):
        low, high = bounds(span, index)
        assert smallest(span) <= low <= high <= largest(span)


@given(gap=spans, platform=spans, seed=st.integers(0, 1000))
def test_no_corridor_holds_more_platforms_than_it_says(gap, platform, seed):
    scene = SceneConfig(
        arena=Gaps(gap_length=gap, platform_length=platform), corridor_length=15, terrain_seed=seed
    )
    arena = make_arena(scene)
    arena.regenerate(np.random.RandomState(seed))
    assert len(arena.ground_geoms) - 1 <= scene.most_platforms


def test_the_height_scan_has_its_range_and_resolution():
    scan = HeightScan(behind=0.5, ahead=1.0, resolution=0.25)
    np.testing.assert_allclose(scan.offsets, [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.0])
    assert "at least 0.05 m" in refused(HeightScan, behind=5, ahead=5, resolution=0.01)


def test_a_curriculum_needs_new_terrain():
    assert "Choose new terrain" in refused(TaskConfig, curriculum=True)
    assert TaskConfig(curriculum=True, terrain="new").curriculum


@pytest.mark.parametrize("kind", [3, None, [], {}])
def test_an_arena_whose_kind_is_of_any_type_is_refused_in_words(kind):
    assert "There is no arena" in refused(SceneConfig, arena={"kind": kind})
