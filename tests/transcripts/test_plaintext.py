"""Texts from visitors are data: made harmless, bounded, compared (T5, P1, P6)."""

import html
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.markup import from_html
from chaport_sync.core.text import compared_lines, harmless, no_mentions, one_line, split

TEXTS = st.text(st.characters(codec="utf-8"), max_size=200)
ROWS = st.lists(TEXTS, max_size=6).map("\n".join)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("  a\tb \n", "a b", id="tabs become spaces, edges go"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends of all systems"),
        pytest.param("\x1b[31mred\x1b[0m\x07", "[31mred [0m", id="terminal escapes"),
        pytest.param("a\x00b\x85c", "a b c", id="control characters"),
        pytest.param("a\u2028b\u2029c", "a b c", id="line and paragraph separators"),
        pytest.param("a\u202eb\u200bc\ufeffd", "abcd", id="what reorders or hides"),
        pytest.param("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469", id="joiners of emoji stay"),
        pytest.param("a\n\n\n\nb", "a\n\nb", id="many empty lines"),
        pytest.param("a\ud800b", "a b", id="half a character"),
        pytest.param("<b>&amp;</b>", "<b>&amp;</b>", id="markup is text"),
    ],
)
def test_harmless(text: str, result: str) -> None:
    """T5: control characters are removed, and nothing that can be read is lost."""
    assert harmless(text) == result


@given(ROWS)
def test_harmless_property(text: str) -> None:
    """P6: whatever comes in, no control, separator or half character comes out; and once is enough."""
    result = harmless(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in result if char != "\n")
    assert harmless(result) == result


@pytest.mark.parametrize(
    ("text", "limit", "result"),
    [
        pytest.param("a\n  b", 10, "a b", id="one line"),
        pytest.param("abcdef", 6, "abcdef", id="fits exactly"),
        pytest.param("abcdefg", 6, "abcde…", id="one too many"),
    ],
)
def test_one_line(text: str, limit: int, result: str) -> None:
    """T5, P6: names and addresses stay in one line of bounded length."""
    assert one_line(text, limit) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("@ann look", "@\u2060ann look", id="at the beginning"),
        pytest.param("hi @ann", "hi @\u2060ann", id="in the middle"),
        pytest.param("(@ann)\n@bob", "(@\u2060ann)\n@\u2060bob", id="after a bracket and a line end"),
        pytest.param(".@ann -@all", ".@\u2060ann -@\u2060all", id="after a dot and a dash"),
        pytest.param("\uff20ann", "\uff20\u2060ann", id="in a wide letter"),
        pytest.param("mary@mail.example", "mary@mail.example", id="an address is no mention"),
        pytest.param("5 @ 3", "5 @ 3", id="a lone sign"),
    ],
)
def test_no_mentions(text: str, result: str) -> None:
    """P6: a visitor's text notifies nobody in Deskie, and e-mail addresses stay usable."""
    assert no_mentions(text) == result


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("abc", ["abc"], id="short"),
        pytest.param("a" * 7, ["a" * 7], id="exactly"),
        pytest.param("a" * 8, ["a" * 7, "a"], id="one too many"),
        pytest.param("abc\nde", ["abc", "de"], id="at the line's end"),
        pytest.param("a\nb", ["a\nb"], id="two short lines"),
    ],
)
def test_split(text: str, parts: list[str]) -> None:
    """T5: a long text is cut, at line ends if possible; each line costs two more here and its end one."""
    assert split(text, 10, 2) == parts


@given(ROWS.map(harmless), st.integers(8, 50), st.integers(0, 4))
def test_split_property(text: str, limit: int, cost: int) -> None:
    """T5: no part is over the limit, and together they are the text."""
    parts = split(text, limit, cost)
    assert all(sum(len(line) + cost for line in part.split("\n")) <= limit for part in parts)
    assert "".join("".join(part.split()) for part in parts) == "".join(text.split())


@given(ROWS, st.sampled_from(["<br>", "<br/>\n", "</p><p>", "</div>\r\n<div>"]))
def test_compared_whatever_the_form(text: str, between: str) -> None:
    """P1: a text is recognised in HTML, with other line ends, with other white space and without mentions."""
    rows = harmless(text).split("\n")
    expected = compared_lines(text)
    assert compared_lines(from_html(between.join(html.escape(row) for row in rows))) == expected
    assert compared_lines(no_mentions(harmless(text)).replace("\n", " \r\n   ")) == expected
