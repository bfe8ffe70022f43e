"""Long texts are cut where that hurts least (T5)."""

import pytest

from chaport_sync.core.plaintext import split


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
