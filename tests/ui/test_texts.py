"""Text from files stays text: a Markdown parser that we did not write gives it back unchanged."""

import pytest
from markdown_it import MarkdownIt

from vnl_core.ui.texts import in_chart, plain

PARSER = MarkdownIt("gfm-like", {"linkify": False})


def seen(text: str) -> tuple[str, set[str]]:
    """What a reader sees of Markdown, and what it was made of besides paragraphs and text."""
    tokens = PARSER.parse(text)
    inline = [child for token in tokens for child in token.children or []]
    kinds = {t.type for t in [*tokens, *inline]}
    text = "".join("\n" if t.type == "hardbreak" else t.content for t in inline)
    return text, kinds - {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
        "hardbreak",
    }


@pytest.mark.parametrize(
    "text",
    [
        "![a](http://elsewhere.invalid/a.png)",
        "[a](javascript:alert(1)) <b>bold</b> <img src=x>",
        "**bold** _slanted_ __name__ a_b_c `code` ~~gone~~ $x$ &lt; &#60;",
        "# title",
        "- point",
        "+ point",
        "1. first",
        "2) second",
        "> quote",
        "---",
        "===",
        "| a | b |\n| - | - |\n| 1 | 2 |",
        "[a]: http://elsewhere.invalid",
        "\\[a](b)",
        "<http://elsewhere.invalid>",
        "a: b; c (d) e-f, 0.5.",
    ],
)
def test_nothing_of_it_is_taken_for_markdown(text):
    assert seen(plain(text)) == (text, set())


def test_a_directive_of_streamlit_does_not_begin():
    assert plain(":red[text]") == "\\:red\\[text\\]"
    assert plain(":material/home:").startswith("\\:")


def test_ordinary_sentences_are_left_alone():
    told = "There is no run “gone-1”; it may have been deleted. Use at most 60 (0.5 m), a_b."
    assert plain(told) == told


def test_a_chart_gets_no_tags():
    assert in_chart("<a href='x'>a</a> & b") == "&lt;a href='x'&gt;a&lt;/a&gt; &amp; b"
