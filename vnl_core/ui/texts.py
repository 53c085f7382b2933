"""Text from files, as text: neither Markdown, nor HTML, nor a directive of Streamlit's."""

import html
import re

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object) -> str:
    """`text` for a place that takes Markdown, of which it shows every character.

    Streamlit shows messages, titles, labels of buttons and toasts as Markdown, which may bring
    pictures from elsewhere and links of any kind.
    """
    # A backslash before any punctuation is CommonMark's way to mean the character itself.
    lines = (_MARKS.sub(r"\\\1", line.strip()) for line in str(text).splitlines())
    return "  \n".join(line for line in lines if line)


def in_chart(text: object) -> str:
    """`text` for a chart: Plotly takes some HTML in names, titles and labels."""
    return html.escape(str(text), quote=False)
