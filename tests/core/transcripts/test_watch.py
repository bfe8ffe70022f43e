"""How often is read, and which older chats of a visitor who was never met (T6, T7)."""

import pytest

from chaport_sync.core.model import Chat
from chaport_sync.core.transcripts.chats import older_to_read
from chaport_sync.core.transcripts.watch import PAGES_DEEP, SWEEP_EVERY, WatchRules


def test_the_defaults_are_the_documented_ones() -> None:
    """T7: poll 20 s, idle_poll 300 s, unanswered 120 s; the sweep is hourly and ten pages deep."""
    assert WatchRules() == WatchRules(poll=20, idle_poll=300, unanswered=120)
    assert (SWEEP_EVERY, PAGES_DEEP) == (3600, 10)


@pytest.mark.parametrize(
    ("older", "found"),
    [
        pytest.param((), (), id="none"),
        pytest.param(("11",), ("11",), id="one"),
        pytest.param(("9", "11", "10"), ("11",), id="the newest by number"),
        pytest.param(("13", "12", "9"), ("9",), id="none that is newer"),
    ],
)
def test_the_newest_older_chat(older: tuple[str, ...], found: tuple[str, ...]) -> None:
    """T7: the newest older chat is read, and asks the same question again."""
    assert older_to_read(Chat("v", "12", older=older), None, since=100.0) == found
