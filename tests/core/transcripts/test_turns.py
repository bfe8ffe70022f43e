"""Who is read next while not everybody can be, and how late reading is (T7)."""

import pytest

from chaport_sync.core.transcripts.turns import Due, Lateness, Work, in_turns, in_words, lateness
from chaport_sync.core.transcripts.watch import WatchRules, next_read, pause_of

NOW = 1_000_000.0


def fresh(name: str, late: float) -> Due:
    """Return a visitor in a fresh chat who has been due for so long."""
    return Due(name, NOW - late, 20)


@pytest.mark.parametrize(
    ("noticed", "due", "noticed_first", "order"),
    [
        pytest.param("", [], False, "", id="nobody"),
        pytest.param("b a", [], False, "b a", id="whose rows changed: first come, first served"),
        pytest.param("", [fresh("a", 5), fresh("b", 6)], False, "b a", id="who is due: longest due first"),
        pytest.param("a b c", [fresh("d", 5)], False, "d a b c", id="a long line does not keep the due one waiting"),
        pytest.param("d", [fresh(each, 5) for each in "abc"], False, "a d b c", id="nor the reverse"),
        pytest.param("d e", [fresh(each, 5) for each in "abc"], True, "d a e b c", id="the other line begins"),
        pytest.param("a b", [fresh("b", 5), fresh("c", 4)], False, "b a c", id="each visitor once"),
        pytest.param("", [fresh("a", 1), fresh("b", 5), fresh("a", 9)], False, "a b", id="with two chats"),
    ],
)
def test_in_turns(noticed: str, due: list[Due], noticed_first: bool, order: str) -> None:  # noqa: FBT001 - a table
    """T7: who waits longest is read first, due chats and changed visitors in turns."""
    assert in_turns(noticed.split(), due, NOW, noticed_first=noticed_first) == order.split()


def test_pauses_stretch_evenly() -> None:
    """T7: a pause is exceeded in proportion to itself: 30 s are more for a fresh chat than 300 s for an idle one."""
    due = [Due("idle", NOW - 300, 300), Due("fresh", NOW - 30, 20), Due("swept", NOW - 3599, 3600)]
    assert in_turns([], due, NOW, noticed_first=False) == ["fresh", "idle", "swept"]


@pytest.mark.parametrize(
    ("silence", "pause"),
    [
        pytest.param(0, 20, id="just now"),
        pytest.param(19, 20, id="within a poll"),
        pytest.param(21, 21, id="as long as the silence"),
        pytest.param(150, 150, id="idle"),
        pytest.param(299, 299, id="up to idle_poll"),
        pytest.param(301, 300, id="not longer"),
        pytest.param(80_000, 300, id="silent for a day"),
    ],
)
def test_the_pause_that_was_meant(silence: float, pause: float) -> None:
    """T7: how often a chat is to be read follows from when it is due, however late that is asked."""
    rules = WatchRules(poll=20, idle_poll=300)
    at = next_read(last_event_at=NOW - silence, closed=False, asked_at=None, rules=rules, now=NOW)
    assert at is not None
    assert pause_of(next_read_at=at, last_event_at=NOW - silence, rules=rules) == pause


def test_the_pause_with_an_idle_poll_below_poll() -> None:
    """T7: no pause is shorter than a poll."""
    rules = WatchRules(poll=20, idle_poll=5)
    assert pause_of(next_read_at=NOW + 10, last_event_at=NOW - 500, rules=rules) == 20


@pytest.mark.parametrize(
    ("noticed", "due", "found"),
    [
        pytest.param({}, [], Lateness(0, 0), id="nobody waits"),
        pytest.param({"a": 30.0, "b": 20.0}, [], Lateness(30, 2), id="rows changed"),
        pytest.param({}, [fresh("a", 10)], Lateness(0, 0), id="due for the nearest cycle"),
        pytest.param({}, [fresh("a", 11), fresh("b", 50)], Lateness(40, 2), id="due earlier"),
        pytest.param({}, [fresh("a", 10.5)], Lateness(0.5, 1), id="hardly late"),
        pytest.param({"a": 30.0}, [fresh("a", 60)], Lateness(50, 1), id="both: due earlier"),
        pytest.param({"a": 30.0}, [fresh("a", 20)], Lateness(30, 1), id="both: noticed earlier"),
    ],
)
def test_lateness(noticed: dict[str, float], due: list[Due], found: Lateness) -> None:
    """T7: whoever waits longest, and how many wait; visitors are due half a poll early."""
    assert lateness(noticed, due, NOW, poll=20) == found


@pytest.mark.parametrize(
    ("work", "visitors", "words"),
    [
        (Work.READING, 1, "reading in Chaport is 90 s late, and 1 visitor waits to be read"),
        (Work.READING, 2, "reading in Chaport is 90 s late, and 2 visitors wait to be read"),
        (Work.DELIVERING, 2, "delivering to Deskie is 90 s late, and 2 visitors wait to be shown"),
    ],
)
def test_in_words(work: Work, visitors: int, words: str) -> None:
    """T7, P9: what is late, by how much, and for how many."""
    assert in_words(work, 90.4, visitors) == words
