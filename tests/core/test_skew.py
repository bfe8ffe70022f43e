"""What an answer tells of two clocks: only what is certain."""

import pytest

from chaport_sync.core.skew import ahead, in_words, is_news, worth_a_word


@pytest.mark.parametrize(
    ("date", "sent", "answered", "found"),
    [
        pytest.param(1000.0, 1000.2, 1000.4, 0.0, id="they agree"),
        pytest.param(1000.0, 1000.9, 1001.5, 0.0, id="the header tells whole seconds"),
        pytest.param(1000.0, 990.0, 1010.0, 0.0, id="a request that took long, written in between"),
        pytest.param(1000.0, 1000.0, 1200.0, 0.0, id="an answer that was long on its way"),
        pytest.param(1200.0, 1000.0, 1200.0, 0.0, id="a request that was long on its way"),
        pytest.param(1000.0, 1101.0, 1102.0, 100.0, id="ahead"),
        pytest.param(1000.0, 899.0, 900.0, -100.0, id="behind"),
        pytest.param(1000.0, 800.0, 900.0, -100.0, id="behind, and the request took long"),
    ],
)
def test_what_is_certain(date: float, sent: float, answered: float, found: float) -> None:
    """How long a request takes never makes a difference of clocks."""
    assert ahead(date, sent, answered) == found


@pytest.mark.parametrize(
    ("told", "found", "news"),
    [
        (0, 60, False),
        (0, 61, True),
        (0, -61, True),
        (90, 100, False),
        (90, 150, False),
        (90, 160, True),
        (90, 30, True),
    ],
)
def test_what_is_news(told: float, found: float, *, news: bool) -> None:
    """A difference is told once, and again when it has become another one or is over."""
    assert is_news(told, found) is news


@pytest.mark.parametrize(("found", "told"), [(60, 0), (61, 61), (-60, 0), (-61, -61)])
def test_what_is_tolerated(found: float, told: float) -> None:
    """A minute is no difference, in either direction."""
    assert worth_a_word(found) == told


def test_in_words() -> None:
    """Whose clock, by how much, and what to do."""
    assert in_words("Deskie", 90.4) == (
        "this machine's clock is 90 s ahead of Deskie's; let this machine keep time by NTP"
    )
    assert in_words("Deskie", 0.6).startswith("this machine's clock is 1 s ahead of Deskie's; ")
    assert in_words("Chaport", -3600) == (
        "this machine's clock is 3600 s behind Chaport's; let this machine keep time by NTP"
    )
