"""What the page of one account shows."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chaport_sync.core.health import Beat
from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Author, Person
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.core.statuses.history import StatusChange
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.store import Store
from tests.web.reading import page_of, text_of
from tests.web.week import NOW, SHIFTS, a_week

ANN = Person("op0", "Ann Berg", "ann@acme.example")


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Store]:
    """A state file with a week in it."""
    store = a_week(tmp_path / "state.db")
    yield store
    store.close()


def leave(store: Store, at: float, *, reason: str = "its agents left, and the grace is over") -> None:
    """Let all operators of the week leave, Ann last."""
    seen = store.statuses.operators_seen()
    order = sorted(seen.values(), key=lambda each: each.operator_id == ANN.id)
    changes = [
        StatusChange(at + place, *each.person, "online", "offline", (ANN,), "S4", reason)
        for place, each in enumerate(order)
    ]
    gone = [replace(each, status="offline", since=at + place) for place, each in enumerate(order)]
    store.statuses.record_operators(changes=changes, seen=gone)


def test_somebody_is_online(week: Store) -> None:
    """The first sentence is the answer to the first question."""
    assert "The chat is on the website since 08:00: Ann Berg, Boris Wolf, Chen Li are online." in text_of(page_of(week))


def test_nobody_is_online(week: Store) -> None:
    """It says since when, who left last, and why."""
    leave(week, NOW - 600)
    words = "THE CHAT IS OFF THE WEBSITE since 11:32: Ann Berg left last (its agents left, and the grace is over)."
    assert words in text_of(page_of(week))


def test_the_week(week: Store) -> None:
    """Each day of the website with its hours, each absence with its reason, and the coverage of each hour."""
    text = text_of(page_of(week))
    for day, hours in (("Mon 30 Nov", "3 h 42 min"), ("Sun 29 Nov", "none"), ("Thu 26 Nov", "9 h 47 min")):
        assert f"{day}\n" in text
        assert hours in text[text.index(f"{day}\n") :][:80]
    why = "Chen Li left last (its agents left, and the grace is over)"
    assert f"Fri 27 Nov 18:31 | 08:00 | 2 d 13 h | {why} | Ann Berg" in text
    assert f"Thu 26 Nov 12:31 | Thu 26 Nov 13:15 | 43 min 46 s | {why}" in text
    assert "12:00 |  | 100% | 100% | 52% | 100% | 0% | 0%" in text
    assert "before | Tue 24 Nov 08:00 | 8 h" in text


def test_the_last_changes(week: Store) -> None:
    """The newest first, with what was before, what is now, and why; what somebody did is told."""
    hand = StatusChange(NOW - 60, *ANN, "online", "away", (), "S7", "somebody changed it in Chaport", by_hand=True)
    week.statuses.record_operators(changes=[hand])
    text = text_of(page_of(week))
    assert "11:41 | Ann Berg | online | away | by hand; somebody changed it in Chaport" in text
    assert text.index("11:41 |") < text.index("10:01 | Chen Li | offline | online | its agents count as online")


def test_without_names(week: Store) -> None:
    """No name and no address of an agent or an operator is on it; numbers tell them apart."""
    leave(week, NOW - 60, reason="its agents left, and the grace is over (ann@acme.example is disabled)")
    html = page_of(week, names=False)
    for name in [part for full in SHIFTS for part in full.split()] + ["acme.example"]:
        assert name not in html
    assert "Operator 1 left last (its agents left, and the grace is over)." in text_of(html)
    today = html[html.index("Today") : html.index("The chat on the website")]
    assert re.findall(r"<bdi>(Operator \d)", today) == ["Operator 1", "Operator 2", "Operator 3"]


@pytest.mark.parametrize("names", [True, False])
def test_strange_names(tmp_path: Path, *, names: bool) -> None:
    """Whatever somebody is called, or a reason says, it is text, in one line, and nothing else is turned around."""
    strange = ('<script>alert("x")</script>', "\u202eevil\u0000\n{{ 7*7 }}", "a" * 300, "&lt;&amp;'\"")
    store = a_week(tmp_path / "state.db", names=strange)
    leave(store, NOW - 60, reason="<img src=x onerror=alert(1)>")
    html = page_of(store, names=names)
    store.close()
    for harm in ("<script", "<img", "\u202e", "\u0000", "49", "a" * 81):
        assert harm not in html
    if names:
        assert '<script>alert("x")</script>' in text_of(html)
        assert "evil {{ 7*7 }}" in text_of(html)


def test_visitors_are_not_named(week: Store) -> None:
    """What is parked is told by case and chat, without the visitor and without a text."""
    chat = ChatState("visitor1", "7", visitor_name="Mary Poppins", visitor_email="mary@mail.example", case_id="2001")
    line = Line(
        "e1", 0, Author.VISITOR, "Mary Poppins", NOW, "my secret", state=LineState.PARKED, error="422: too long"
    )
    week.transcripts.record(chat, [line])
    html = page_of(week)
    assert "2001 | 7 | 422" in text_of(html)
    for hidden in ("Mary", "mail.example", "my secret"):
        assert hidden not in html


def test_what_fails(week: Store) -> None:
    """A flow that fails is told with its error; a rejected configuration and a longer lease too."""
    week.marks.put(Beat(NOW - 900, NOW - 300, "Deskie: 503", NOW - 5), of="transcripts")
    week.marks.put(Rejection(NOW - 60, ("config.toml: [status] poll: must be a number",)))
    text = text_of(page_of(week))
    assert "transcripts | failed | 15 min ago | for 5 min: Deskie: 503" in text
    assert "The configuration was rejected at 11:41; the one before it is in force." in text


def test_before_the_first_poll(tmp_path: Path) -> None:
    """A daemon that has just begun has a page too."""
    store = a_week(tmp_path / "state.db", names=())
    text = text_of(page_of(store))
    store.close()
    assert "Nothing is recorded of operators yet." in text
    for words in ("No operator is paired with an agent yet.", "No change is known.", "Nothing is known yet."):
        assert words in text


def test_hundreds_of_operators(tmp_path: Path) -> None:
    """The page has a hundred of them and says how many it leaves out."""
    store = a_week(tmp_path / "state.db", names=tuple(f"Agent {number:03}" for number in range(130)))
    text = text_of(page_of(store))
    store.close()
    assert text.count("it is as its agents ask") == 100
    assert "30 more are not shown; chaport-sync status --json has all of them." in text
