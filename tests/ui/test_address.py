import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vnl_core.config import SceneConfig, TaskConfig, Uniform
from vnl_core.presets import PRESETS
from vnl_core.ui.address import BrokenAddress, decode, difference, encode

lengths = st.floats(0.3, 2.0)
spans = st.one_of(
    lengths, st.tuples(lengths, lengths).map(lambda p: Uniform(low=min(p), high=max(p)))
)
scenes = st.builds(
    SceneConfig,
    arena=st.sampled_from(["gaps", "empty", "walls"]),
    corridor_length=st.floats(10, 100),
    corridor_width=st.floats(3, 20),
    platform_length=spans,
    gap_length=spans,
    terrain_seed=st.integers(0, 2**32 - 1),
    walker=st.sampled_from(["ant", "rodent", "cmu_humanoid"]),
    spawn_position=st.tuples(st.floats(0, 6), st.floats(-1, 1), st.floats(0, 1)),
    visible_side_planes=st.booleans(),
)
tasks = st.builds(
    TaskConfig,
    rewards=st.dictionaries(
        st.sampled_from(["forward", "alive", "control_cost"]), st.floats(-10, 10)
    ),
    terminations=st.sampled_from([(), ("fall",), ("finished", "fall")]),
)


@given(st.sampled_from(sorted(PRESETS)), scenes, tasks)
def test_a_link_restores_the_very_design(preset, scene, task):
    run = PRESETS[preset].run.changed(scene=scene, task=task)
    assert decode(encode(run, preset), "ant-easy") == (preset, run)


def test_an_unchanged_preset_has_a_short_address():
    for name, preset in PRESETS.items():
        assert encode(preset.run, name) == {"preset": name}


def test_only_what_differs_is_in_the_address():
    base = PRESETS["ant-easy"].run
    run = base.changed(scene=base.scene.changed(gap_length=0.3), name="mine")
    arena = {**base.scene.arena.model_dump(mode="json"), "gap_length": 0.3}
    assert difference(run, base) == {"scene": {"arena": arena}, "name": "mine"}


def word(changes) -> str:
    return base64.urlsafe_b64encode(json.dumps(changes).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"preset": "cat"}, "no preset “cat”"),
        ({"design": "not base64!"}, "damaged"),
        ({"design": word(["a", "list"])}, "damaged"),
        ({"design": word({"scene": {"gap_length": 0.3}})[:-6]}, "damaged"),
        ({"design": "A" * 10_000}, "damaged"),
        ({"design": word({"scene": {"gap_length": 99}})}, "scene.arena.gap_length"),
        ({"design": word({"scene": 7})}, "scene"),
        ({"design": word({"hat": 1})}, "No such field"),
    ],
)
def test_a_broken_link_says_what_is_wrong(parameters, said):
    with pytest.raises(BrokenAddress, match=said):
        decode(parameters, "ant-easy")


@given(st.text(max_size=60))
def test_any_text_in_a_link_is_a_design_or_is_refused(text):
    try:
        _, run = decode({"design": text}, "ant-easy")
    except BrokenAddress:
        return
    assert run == PRESETS["ant-easy"].run or difference(run, PRESETS["ant-easy"].run)
