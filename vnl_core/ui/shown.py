"""What each widget shows, and what a person entered in it.

Streamlit can give a widget another value by a write to its key in the session. The browser misses
it where the next run of the page overtakes the message: the widget then stands at zero or empty,
and is reported so with the next click. So no widget here is ever given another value. It begins
with its value as the default, which comes in one message with the widget; where the value is
another one later, another widget takes its place, under another key.

Nor is all that a browser reports an entry: only what differs from what the widget showed, and
only of the widget that stands there now.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st


def widget(
    draw: Callable[..., Any],
    path: str,
    value: Any,
    write: Callable[[Any], None],
    *,
    default: tuple[str, Any] | None = None,
    **look: Any,
) -> Any:
    """Draws a widget that shows `value`, and hands what a person enters to `write`.

    Args:
      draw: such as st.number_input.
      path: the widget's key; others of the same path follow as path~1, path~2.
      value: what it shows.
      write: called with an entry before the page runs again.
      default: name and value of the argument of `draw` by which it begins with `value`; by default
        ("value", value).
      **look: further arguments of `draw`.

    Returns:
      What `draw` returns, which is `value`.
    """
    known: dict[str, tuple[int, Any]] = st.session_state.setdefault("shown", {})
    is_first = path not in known
    number, last = known.get(path, (0, value))
    if last != value:
        number += 1
    key = _key(path, number)
    known[path] = number, value
    name, begin = default or ("value", value)
    found = draw(key=key, on_change=_enter, args=(path, key, write), **{name: begin}, **look)
    if is_first and found != value:
        # The browser knows it from a session that this server had before it was started again.
        known[path] = number + 1, value
        st.rerun()
    return found


def last(path: str) -> Any:
    """What the widget showed last or a person entered since; None before it is first drawn."""
    return st.session_state.get("shown", {}).get(path, (0, None))[1]


def _key(path: str, number: int) -> str:
    return f"{path}~{number}" if number else path


def _enter(path: str, key: str, write: Callable[[Any], None]) -> None:
    known = st.session_state["shown"]
    number, before = known[path]
    value = st.session_state.get(key, before)
    if key == _key(path, number) and value != before:
        known[path] = number, value
        write(value)
