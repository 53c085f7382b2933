"""A browser that misses a message still shows the draft: a widget comes with its value.

Streamlit sends `set_value` once; what begins with another value and misses it, reports that value.
"""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

KINDS = ("number_input", "text_input", "selectbox", "multiselect", "toggle")


def widgets(at):
    return [w for kind in KINDS for w in getattr(at, kind)] + list(at.get("button_group"))


@pytest.mark.parametrize("name", ["design", "rollout", "train", "runs", "watch"])
def test_no_widget_is_given_another_value_than_it_begins_with(visit, make_run, name):
    make_run()
    at = visit(name)
    assert not [w.key for w in widgets(at) if w.proto.set_value]
    assert [n.key for n in at.number_input if n.proto.default != n.value] == []
    if name in ("design", "rollout", "train"):
        assert len(at.number_input) >= 5
        at.selectbox(key="preset_picker").select("rodent-gaps-2020").run()
        assert not at.exception
        assert not [w.key for w in widgets(at) if w.proto.set_value]
        assert [n.key for n in at.number_input if n.proto.default != n.value] == []
        assert [t.key for t in at.text_input if t.proto.default != t.value] == []
        assert at.selectbox(key="preset_picker").value == "rodent-gaps-2020"


def test_what_a_replaced_widget_reports_is_no_entry(visit):
    at = visit()
    gone = at.number_input(key="scene.corridor_width")
    at.selectbox(key="preset_picker").select("rodent-gaps-2020").run()
    # A browser that has not yet drawn the preset's widget still reports the one before it.
    reported = at._tree.get_widget_states()
    reported.widgets.append(WidgetState(id=gone.id, double_value=0.5))
    at._run(reported)
    assert not at.exception
    assert at.session_state["draft"]["scene"]["corridor_width"] == 2.0
    assert at.number_input(key="scene.corridor_width~1").value == 2.0
