"""Text from files, as text: neither Markdown, nor HTML, nor a directive of Streamlit's."""

import html
import re

# What begins Markdown, HTML, a formula or a directive (":red[", ":material/"): anywhere; where no
# letter or digit stands on both sides; and at the beginning of a line.
_ANYWHERE = r"[\\`*{}\[\]<>|~$]|:(?=\w)|&(?=[#\w])"
_NOT_IN_WORDS = r"(?<![^\W_])_|_(?![^\W_])"
_FIRST = r"^(?:[-+](?![\w.])|[=#]|\d+(?=[.)](?:\s|$)))"
_MARKS = re.compile(f"{_ANYWHERE}|{_NOT_IN_WORDS}|{_FIRST}")


def plain(text: object) -> str:
    """`text` for a place that takes Markdown, where it is to be read as it is written.

    Streamlit shows messages, titles, labels of buttons and toasts as Markdown, which may bring
    pictures from elsewhere and links of any kind.
    """
    lines = (_MARKS.sub(_escaped, line.strip()) for line in str(text).splitlines())
    return "  \n".join(line for line in lines if line)


def _escaped(found: re.Match[str]) -> str:
    """CommonMark's way to mean the character itself; a number's is to escape what follows it."""
    mark = found.group()
    return f"{mark}\\" if mark.isdecimal() else f"\\{mark}"


def in_chart(text: object) -> str:
    """`text` for a chart: Plotly takes some HTML in names, titles and labels."""
    return html.escape(str(text), quote=False)
