"""Whether a list may be believed, and whether the polls were continuous (S4, S8)."""

import pytest

from chaport_sync.core.health import gap
from chaport_sync.core.statuses.pairing import Doubt, doubt, implausible

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("present", "before", "wrong"),
    [
        pytest.param("abc", "abc", "", id="all there"),
        pytest.param("abcd", "abc", "", id="somebody new"),
        pytest.param("a", "", "", id="the first list"),
        pytest.param("", "", "it has no operators; add them there", id="an empty first list"),
        pytest.param("", "ab", "it has no operators, but 2 were paired before", id="empty, few paired"),
        pytest.param("c", "abc", "", id="two of three vanished: not at least three"),
        pytest.param("x", "abc", "3 of 3 paired operators vanished", id="three of three"),
        pytest.param("de", "abcde", "3 of 5 paired operators vanished", id="three of five: more than half"),
        pytest.param("def", "abcdef", "", id="three of six: just half"),
        pytest.param("ef", "abcdef", "4 of 6 paired operators vanished", id="four of six"),
        pytest.param("xyz", "abcd", "4 of 4 paired operators vanished", id="strangers came instead"),
    ],
)
def test_implausible(present: str, before: str, wrong: str) -> None:
    """S8: an empty list, or one in which more than half and at least three of the paired operators vanished."""
    assert implausible("operators", set(present), set(before)) == wrong


@pytest.mark.parametrize(
    ("last_good", "took", "interrupted"),
    [
        pytest.param(None, 0, True, id="no good one yet"),
        pytest.param(NOW, 0, False, id="at the same moment"),
        pytest.param(NOW - 15, 0, False, id="one poll"),
        pytest.param(NOW - 45, 0, False, id="just three polls"),
        pytest.param(NOW - 46, 0, True, id="more than three"),
        pytest.param(NOW - 46, 1, False, id="more, but the requests took it"),
        pytest.param(NOW - 47, 1, True, id="more than the requests took"),
        pytest.param(NOW + 1, 0, True, id="the clock was stepped back"),
    ],
)
def test_gap(last_good: float | None, took: float, interrupted: bool) -> None:  # noqa: FBT001 - a table
    """S4: more than three polls without a good one is a gap: an outage, a suspension, a clock that jumped."""
    assert gap(last_good, 15, NOW, took) is interrupted


def test_nothing_took_time_unless_said() -> None:
    """S4: the three polls are counted alone where nothing is said of requests."""
    assert (gap(NOW - 45, 15, NOW), gap(NOW - 46, 15, NOW)) == (False, True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(None, Doubt(NOW, NOW), id="the first one"),
        pytest.param(Doubt(NOW - 900, NOW - 45), Doubt(NOW - 900, NOW), id="again"),
        pytest.param(Doubt(NOW - 900, NOW - 46), Doubt(NOW, NOW), id="again after a gap"),
        pytest.param(Doubt(NOW - 900, NOW + 1), Doubt(NOW, NOW), id="the clock was stepped back"),
    ],
)
def test_doubt(before: Doubt | None, after: Doubt) -> None:
    """S8: the wait counts only while the implausible answer keeps coming."""
    assert doubt(before, 15, NOW) == after
