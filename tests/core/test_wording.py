"""Grammar of sentences for people."""

import pytest

from chaport_sync.core.wording import number


@pytest.mark.parametrize(("count", "words"), [(0, "0 lines are"), (1, "1 line is"), (2, "2 lines are")])
def test_numbers(count: int, words: str) -> None:
    """One is one; none and several are several."""
    assert number(count, "line is", "lines are") == words
