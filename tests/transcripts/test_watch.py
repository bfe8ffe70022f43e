"""When chats are read again, and which rows have moved (T7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaport_sync.core.model import DAY, Chat, Event, Visitor
from chaport_sync.core.transcripts.chats import older_to_read
from chaport_sync.core.transcripts.watch import WatchRules, changed, next_read

RULES = WatchRules(poll=20, idle_poll=300, unanswered=120)
NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("silence", "closed", "asked", "due"),
    [
        pytest.param(0, False, None, 10, id="just now"),
        pytest.param(-50, False, None, 10, id="an event in the future"),
        pytest.param(19, False, None, 10, id="within a poll"),
        pytest.param(40, False, None, 30, id="doubling"),
        pytest.param(80, False, None, 70, id="doubling again"),
        pytest.param(300, False, None, 290, id="up to idle_poll"),
        pytest.param(5000, False, None, 290, id="not longer"),
        pytest.param(2 * DAY - 1, False, None, 290, id="silent for almost two days"),
        pytest.param(2 * DAY, False, None, None, id="silent for two days"),
        pytest.param(DAY - 1, True, None, 290, id="closed, for almost a day"),
        pytest.param(DAY, True, None, None, id="closed for a day"),
        pytest.param(110, False, 110, 10, id="somebody waits: at the moment it becomes too long"),
        pytest.param(120, False, 120, 110, id="it is that moment"),
        pytest.param(10, False, 10, 10, id="that moment is later than the next reading"),
    ],
)
def test_next_read(silence: float, closed: bool, asked: float | None, due: float | None) -> None:  # noqa: FBT001
    """T7: soon after activity often, then in doubling intervals; closed chats for a day, silent ones for two.

    Half a poll is taken off, so that the chat is due in the cycle nearest to the time meant.
    """
    asked_at = None if asked is None else NOW - asked
    found = next_read(last_event_at=NOW - silence, closed=closed, asked_at=asked_at, rules=RULES, now=NOW)
    assert found == (None if due is None else NOW + due)


def test_idle_poll_below_poll() -> None:
    """T7: a chat is never read more often than there are cycles."""
    rules = WatchRules(poll=20, idle_poll=5)
    assert next_read(last_event_at=0, closed=False, asked_at=None, rules=rules, now=1000) == 1010


def rows(*names: str) -> list[Visitor]:
    """Return rows; a name's capital letters are its fingerprint."""
    return [Visitor(name.lower(), fingerprint="".join(filter(str.isupper, name))) for name in names]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        pytest.param("a b c", "", id="nothing happened"),
        pytest.param("d a b c", "d", id="new"),
        pytest.param("c a b", "c", id="moved to the top"),
        pytest.param("B a c", "b", id="different and moved"),
        pytest.param("a B c", "b", id="different in its place"),
        pytest.param("a c", "", id="one was deleted"),
        pytest.param("", "", id="nobody there"),
        pytest.param("d c a B", "b c d", id="all at once"),
    ],
)
def test_changed(now: str, found: str) -> None:
    """T7: new, moved or different rows, and no others."""
    known = {visitor.id: (place, visitor.fingerprint) for place, visitor in enumerate(rows("a", "b", "c"))}
    assert changed(rows(*now.split()), known) == set(found.split())


@given(st.integers(0, 12), st.data())
def test_changed_property(count: int, data: st.DataObject) -> None:
    """T7: whatever moved to the top is found; who kept the order and the fingerprint is not, if only those moved."""
    ids = [f"v{number}" for number in range(count)]
    known = {visitor_id: (place, "") for place, visitor_id in enumerate(ids)}
    moved = data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []
    stayed = [visitor_id for visitor_id in ids if visitor_id not in moved]
    found = changed([Visitor(visitor_id) for visitor_id in [*moved, *stayed]], known)
    longest = max(len(stayed), 1) if ids else 0
    assert len(ids) - len(found) >= longest
    kept = [visitor_id for visitor_id in [*moved, *stayed] if visitor_id not in found]
    assert [known[visitor_id][0] for visitor_id in kept] == sorted(known[visitor_id][0] for visitor_id in kept)


@pytest.mark.parametrize(
    ("last", "found"),
    [
        pytest.param("12", (), id="no new chat"),
        pytest.param("11", ("11",), id="the old one is read to its end"),
        pytest.param("9", ("9", "10", "11"), id="and those between, by number"),
        pytest.param("8", ("8", "9", "10", "11"), id="also one that is not among the links"),
        pytest.param("13", (), id="a newer one is known"),
    ],
)
def test_older_of_a_known_visitor(last: str, found: tuple[str, ...]) -> None:
    """T7: when a visitor's chat id rises, the old chat is read first, then the chats between two looks."""
    chat = Chat("v", "12", older=("11", "10", "9", "12"))
    assert older_to_read(chat, last, since=0.0) == found


@pytest.mark.parametrize(
    ("first_event", "found"),
    [
        pytest.param(99.0, (), id="it was there before the start"),
        pytest.param(100.0, (), id="it began with the start"),
        pytest.param(101.0, ("11",), id="it began later: an older one may have too"),
        pytest.param(None, ("11",), id="nothing was said yet: it cannot tell"),
    ],
)
def test_older_of_a_new_visitor(first_event: float | None, found: tuple[str, ...]) -> None:
    """T7: of a visitor seen for the first time, older chats matter only if they can be newer than the start (T6)."""
    chat = Chat("v", "12", events=(Event("1", "x", first_event),), older=("10", "11"))
    assert older_to_read(chat, None, since=100.0) == found
