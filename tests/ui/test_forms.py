import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from vnl_core.config import (
    Cycle,
    Gaps,
    Growing,
    PPOConfig,
    RolloutConfig,
    SceneConfig,
    TaskConfig,
    Uniform,
    problems,
)
from vnl_core.load_config import SourceError, load_run
from vnl_core.ui.forms import sections
from vnl_core.ui.forms.sections import label, matters


def page(model: str, names: tuple[str, ...], draft: dict) -> AppTest:
    """A page with nothing but the form; its draft lies in the session."""

    def script(model, names):
        import streamlit as st

        from vnl_core import config
        from vnl_core.ui.forms import form

        form.edit(getattr(config, model), st.session_state["draft"], names, "f")

    at = AppTest.from_function(script, args=(model, names), default_timeout=20)
    at.session_state["draft"] = draft
    at.run()
    assert not at.exception
    return at


def fields(groups) -> tuple[str, ...]:
    return tuple(name for names in groups.values() for name in names)


def test_every_field_of_every_config_has_an_editor():
    assert set(fields(sections.SCENE)) == set(SceneConfig.model_fields)
    assert set(fields(sections.TASK)) == set(TaskConfig.model_fields)
    assert set(fields(sections.PPO)) == set(PPOConfig.model_fields)
    film = {*sections.POLICY, *sections.EPISODE, *sections.VIDEO, "scene", "task"}
    film |= {"checkpoint", "replay"}  # chosen from what there is
    assert film == set(RolloutConfig.model_fields)


@pytest.mark.parametrize(
    ("model", "groups"),
    [(SceneConfig, sections.SCENE), (TaskConfig, sections.TASK), (PPOConfig, sections.PPO)],
)
def test_an_untouched_form_leaves_the_config_as_it_is(model, groups):
    at = page(model.__name__, fields(groups), model().model_dump(mode="json"))
    assert model.model_validate(at.session_state["draft"]) == model()


def test_numbers_carry_unit_and_help():
    at = page("SceneConfig", ("corridor_length",), SceneConfig().model_dump(mode="json"))
    number = at.number_input[0]
    assert number.label == "Corridor length (m)"
    assert "x = 0" in number.help
    number.set_value(25.0).run()
    assert at.session_state["draft"]["corridor_length"] == 25.0


def test_small_numbers_are_shown_with_all_their_digits():
    at = page("PPOConfig", ("learning_rate",), PPOConfig().model_dump(mode="json"))
    assert at.number_input[0].value == 3e-4
    assert at.number_input[0].proto.format == "%g"


def test_a_span_is_switched_between_number_and_range():
    at = page(
        "SceneConfig",
        ("arena",),
        SceneConfig(arena=Gaps(gap_length=0.3)).model_dump(mode="json"),
    )
    assert at.number_input(key="f.arena.gap_length.value").value == 0.3
    at.segmented_control(key="f.arena.gap_length.mode").set_value("range").run()
    at.number_input(key="f.arena.gap_length.high").set_value(0.5).run()
    config = SceneConfig.model_validate(at.session_state["draft"])
    assert config.arena.gap_length == Uniform(low=0.3, high=0.5)
    at.segmented_control(key="f.arena.gap_length.mode").set_value("fixed").run()
    assert at.session_state["draft"]["arena"]["gap_length"] == 0.5


def test_a_span_can_be_a_list_of_exact_values_or_grow():
    at = page(
        "SceneConfig",
        ("arena",),
        SceneConfig(arena=Gaps(gap_length=0.1)).model_dump(mode="json"),
    )
    at.segmented_control(key="f.arena.gap_length.mode").set_value("list").run()
    at.text_input[0].set_value("0.05, 0.1, 0.15,").run()
    config = SceneConfig.model_validate(at.session_state["draft"])
    assert config.arena.gap_length == Cycle(values=(0.05, 0.1, 0.15))
    at.segmented_control(key="f.arena.gap_length.mode").set_value("growing").run()
    config = SceneConfig.model_validate(at.session_state["draft"])
    assert config.arena.gap_length == Growing(first=0.05, step=0.01, last=0.15)
    at.number_input(key="f.arena.gap_length.step").set_value(-0.1).run()
    with pytest.raises(ValueError, match="sign of the step"):
        SceneConfig.model_validate(at.session_state["draft"])
    at.segmented_control(key="f.arena.gap_length.mode").set_value("list").run()
    at.text_input[0].set_value("0.05, wide").run()
    with pytest.raises(ValueError, match="wide"):
        SceneConfig.model_validate(at.session_state["draft"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5 cm, 10 cm, 15mm", (0.05, 0.1, 0.015)),
        ("0.05,0.1", (0.05, 0.1)),
        ("5, 10, 15, 20", "Write 5 cm or 5 m"),
        ("0,05, 0,1", "Write a decimal point .0.05."),
    ],
)
def test_a_list_is_read_as_the_shell_reads_it(text, said):
    draft = SceneConfig(arena=Gaps(gap_length=Cycle(values=(0.1,)))).model_dump(mode="json")
    at = page("SceneConfig", ("arena",), draft)
    at.text_input[0].set_value(text).run()
    assert not at.exception
    draft = at.session_state["draft"]
    if isinstance(said, str):
        with pytest.raises(ValueError, match=said):
            SceneConfig.model_validate(draft)
        with pytest.raises(SourceError, match=said):
            load_run("ant-easy", (f"scene.gap_length={text}",))
        assert str(at.text_input[0].value).replace(".0", "") == text  # there to be mended
    else:
        config = SceneConfig.model_validate(draft)
        assert config.arena.gap_length == Cycle(values=said)
        assert load_run("ant-easy", (f"scene.gap_length={text}",)).scene.arena.gap_length == (
            config.arena.gap_length
        )
    at.segmented_control(key="f.arena.gap_length.mode").set_value("range").run()
    assert not at.exception


@pytest.mark.parametrize("name", ["num_timesteps", "seed", "num_envs"])
def test_whole_numbers_are_typed_as_any_number_is(name):
    draft = PPOConfig().model_dump(mode="json")
    at = page("PPOConfig", (name,), draft)
    number = at.number_input[0]
    # For integers the browser's part reads the digits up to the first other character.
    assert number.proto.data_type == number.proto.FLOAT
    number.set_value(2e6 if name == "num_timesteps" else 64.0).run()
    value = getattr(PPOConfig.model_validate(at.session_state["draft"]), name)
    assert isinstance(value, int) and value in (2_000_000, 64)
    for wrong in (1e12, 1.5, -3.0):
        number.set_value(wrong).run()
        with pytest.raises(ValueError, match=name):
            PPOConfig.model_validate(at.session_state["draft"])


def test_reward_terms_are_added_weighted_and_removed():
    at = page("TaskConfig", ("rewards",), TaskConfig(rewards={"alive": 0.5}).model_dump())
    at.toggle(key="f.rewards.forward.used").set_value(True).run()
    at.number_input(key="f.rewards.forward").set_value(-2.0).run()
    at.toggle(key="f.rewards.alive.used").set_value(False).run()
    assert at.session_state["draft"]["rewards"] == {"forward": {"weight": -2.0}}


def test_layer_widths_are_typed_as_a_list():
    names = ("policy_hidden_layer_sizes",)
    at = page("PPOConfig", names, PPOConfig().model_dump(mode="json"))
    at.text_input[0].set_value("64, 32").run()
    config = PPOConfig.model_validate(at.session_state["draft"])
    assert config.policy_hidden_layer_sizes == (64, 32)
    at.text_input[0].set_value("64, wide").run()
    with pytest.raises(ValueError, match="wide"):
        PPOConfig.model_validate(at.session_state["draft"])


@pytest.mark.parametrize(
    ("model", "field", "value", "title", "said"),
    [
        (PPOConfig, "policy_hidden_layer_sizes", [], "Policy network", "The list is empty."),
        (PPOConfig, "policy_hidden_layer_sizes", [64, "x"], "Policy network, number 2,", "“x” is"),
        (PPOConfig, "num_envs", 1e12, "Parallel environments", "1000000000000 is too large."),
        (PPOConfig, "max_grad_norm", "x", "Gradient clipping norm", "“x” is not a number."),
        (SceneConfig, "corridor_length", -5.0, "Corridor length", "-5 is too small."),
        (Gaps, "gap_length", {"values": []}, "Gap length", "The list is empty."),
        (Gaps, "gap_length", {"values": [0.1, "x"]}, "Gap length, number 2,", "“x” is not"),
    ],
)
def test_a_refusal_is_in_words_under_the_name_in_the_form(model, field, value, title, said):
    def script(found):
        from vnl_core.ui.forms import form

        form.show_problems(found)

    with pytest.raises(ValidationError) as error:
        model.model_validate({field: value})
    found = problems(error.value)
    at = AppTest.from_function(script, args=(found,)).run()
    assert at.error[0].proto.title == f"{title} cannot be used"
    assert at.error[0].value.startswith(said)
    assert found[0].remedy


def test_an_optional_number_can_be_emptied():
    at = page("PPOConfig", ("max_grad_norm",), PPOConfig().model_dump(mode="json"))
    assert at.text_input[0].value == str(PPOConfig().max_grad_norm)
    at.text_input[0].set_value("").run()
    assert PPOConfig.model_validate(at.session_state["draft"]).max_grad_norm is None
    at.text_input[0].set_value("2e1").run()
    assert PPOConfig.model_validate(at.session_state["draft"]).max_grad_norm == 20.0
    at.text_input[0].set_value("much").run()
    with pytest.raises(ValueError, match="max_grad_norm"):
        PPOConfig.model_validate(at.session_state["draft"])


def test_a_draft_changed_elsewhere_shows_in_the_form():
    at = page("SceneConfig", ("spawn_position",), SceneConfig().model_dump(mode="json"))
    at.session_state["draft"]["spawn_position"] = [2.0, 0.5, 0.0]
    at.run()
    assert [n.value for n in at.number_input] == [2.0, 0.5, 0.0]


def test_only_fields_that_matter_are_shown():
    at = page("SceneConfig", sections.CORRIDOR, SceneConfig().model_dump(mode="json"))
    assert not [n for n in at.number_input if n.label.startswith("Wall")]
    at.segmented_control(key="f.arena.kind").set_value("walls").run()
    assert [n for n in at.number_input if n.label.startswith("Wall")]
    assert not [n for n in at.number_input if n.label.startswith("Gap")]
    constant = RolloutConfig.model_fields["constant"]
    assert matters(constant, {"policy": "constant"})
    assert not matters(constant, {"policy": "sine"})


def test_labels_are_words():
    assert label("physics_timestep") == "Physics timestep"
    assert label("gae_lambda") == "GAE lambda"
