"""Long texts are cut where that hurts least (T5, R4)."""

import pytest

from chaport_sync.core.text import split


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
