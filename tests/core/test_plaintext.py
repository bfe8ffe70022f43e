"""Markup becomes text, and long texts are cut where that hurts least (T5, R4)."""

import pytest

from chaport_sync.core.plaintext import from_html, split, with_addresses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param("ab\ncd", ["ab\ncd"], id="two lines that fill it exactly"),
        pytest.param("ab\ncde", ["ab", "cde"], id="one character too many"),
        pytest.param("ab\n" + "c" * 9, ["ab", "c" * 7, "cc"], id="a long line begins a part of its own"),
        pytest.param("c" * 9 + "\nab", ["c" * 7, "cc\nab"], id="what follows its end joins it"),
        pytest.param("a\n\nb", ["a\n", "b"], id="empty lines cost as well"),
    ],
)
def test_split(text: str, parts: list[str]) -> None:
    """T5: parts are cut at line ends if possible; each line costs two more characters here and its end one."""
    assert split(text, 10, 2) == parts


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param(
            'See <a href="https://x.example/a?b=1&amp;c=2">it</a>.', "See it (https://x.example/a?b=1&c=2).", id="words"
        ),
        pytest.param(
            "<A class='k' HREF='https://x.example/' id=1><b>x.example</b></A>", "x.example", id="the address, short"
        ),
        pytest.param('<a href="https://x.example">https://x.example/</a>', "https://x.example/", id="the address"),
        pytest.param('<a href="mailto:ann@acme.example">Ann</a>', "Ann (ann@acme.example)", id="an e-mail address"),
        pytest.param('<a href="https://x.example"><img src="i.png"></a>', "https://x.example", id="no words"),
        pytest.param('<a name="top">Top</a> <a href="https://x.example">open', "Top open", id="no address, not closed"),
        pytest.param(
            "<a href='https://x.example'>1</a><a href='https://y.example'>2</a>",
            "1 (https://x.example)2 (https://y.example)",
            id="two",
        ),
        pytest.param('<a href="">Top</a>', "Top", id="an empty address"),
        pytest.param(
            '<a href="https://x.example/">https://x.example</a>', "https://x.example", id="a slash at the end"
        ),
        pytest.param('<a href="https://x.example/X">x.example</a>', "x.example (https://x.example/X)", id="more of it"),
        pytest.param(
            '<a href="https://x.example/X">https://x.example/</a>',
            "https://x.example/ (https://x.example/X)",
            id="longer than it says",
        ),
        pytest.param(
            '<a href="https://x.example/">https://x.example/X</a>',
            "https://x.example/X (https://x.example/)",
            id="shorter than it says",
        ),
        pytest.param(
            '<a href="https://x.example/?to=https://y.example">y.example</a>',
            "y.example (https://x.example/?to=https://y.example)",
            id="another address within it",
        ),
        pytest.param(
            '<a href="https://x.example"><a href="https://y.example">1</a> <a href="https://z.example">2</a>',
            "1 (https://x.example) 2 (https://z.example)",
            id="one within another",
        ),
    ],
)
def test_addresses_of_links(markup: str, shown: str) -> None:
    """R4: a link shows where it leads, unless its words do."""
    assert from_html(with_addresses(markup)) == shown


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<style>p { a: b }</style>Hello<SCRIPT type='x'>1 < 2</SCRIPT>!", "Hello!"),
        ("<style>never closed", "never closed"),
        ("<table><tr><td>Size</td> <td>42</td></tr></table>", "Size · 42\n"),
    ],
    ids=["styles and scripts", "not closed", "cells"],
)
def test_what_is_no_text(markup: str, shown: str) -> None:
    """R4: what nobody sees is left out, and cells do not run together."""
    assert from_html(markup).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize(
    "piece", ["<", '<a href="', '<a href="x">', "<style>", "<a ", "</td>", "<style></style", '<a href="x" ']
)
def test_broken_markup_takes_no_longer(piece: str) -> None:
    """R4: a megabyte of it is read in a moment; a pattern that looks back and forth would need hours."""
    assert len(from_html(with_addresses(piece * (1_000_000 // len(piece))))) <= 1_000_000


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        pytest.param("aaaa bbb", 6, ["aaaa", "bbb"], id="at a space"),
        pytest.param("aaaaa bbb", 6, ["aaaaa", "bbb"], id="which may stand just behind the part"),
        pytest.param("aaaaaa bbb", 6, ["aaaaa", "a bbb"], id="but not farther"),
        pytest.param("aaa b cc ddd", 9, ["aaa b cc", "ddd"], id="the last one that fits"),
        pytest.param("a bbbbbbb", 6, ["a bbb", "bbbb"], id="no part of less than half the length"),
        pytest.param("a bc", 3, ["a", "bc"], id="parts of two characters"),
        pytest.param(" ab", 2, ["a", "b"], id="nothing is cut off in front of a space"),
    ],
)
def test_split_between_words(text: str, limit: int, parts: list[str]) -> None:
    """R4: a line that is too long is cut between words; the space at the cut is left out."""
    assert split(text, limit, 0, at_spaces=True) == parts


def test_split_anywhere() -> None:
    """T5: elsewhere the parts together are the line, spaces and all."""
    assert split("aaaa bbb", 6, 0) == ["aaaa ", "bbb"]
    assert split("aaaaa bbb", 6, 0) == ["aaaaa", " bbb"]
