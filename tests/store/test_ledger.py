"""What is asked of the stored ledger, and how its lines change together (P1, P3, P7, T7)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chaport_sync.core.ledger import LineState
from chaport_sync.core.model import OwnAgent, Person
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.transcripts.chats import CaseState, Start
from chaport_sync.store import Foreign, Store, StoreError
from tests.store.stores import chat, line

KEY = ("v", "1")


def test_released_operators(ledger: Store) -> None:
    """S3: a pair that ends is forgotten; the others stay."""
    ledger.statuses.record_operators([OperatorState("a"), OperatorState("b"), OperatorState("c")])
    ledger.statuses.record_operators([OperatorState("c", written="online")], released=["a", "x"])
    assert ledger.statuses.operators() == {"b": OperatorState("b"), "c": OperatorState("c", written="online")}


def test_known_lines_are_not_added_again(ledger: Store) -> None:
    """P1: an event is one line for ever; reading it again changes neither its place nor what became of it."""
    assert ledger.record_reading(chat(), [line("a"), line("b"), line("b", 1)]) == 3
    ledger.transcripts.record(chat(), [line("a", seq=1, state=LineState.DONE)])
    assert ledger.record_reading(chat(), [line("a"), line("c"), line("b", 1), line("d")]) == 2
    expected = [line("b", seq=2), line("b", 1, seq=3), line("c", seq=4), line("d", seq=5)]
    assert ledger.transcripts.open_lines(KEY) == expected
    assert (ledger.transcripts.last_seq(KEY), ledger.transcripts.known_events(KEY)) == (5, frozenset("abcd"))


def test_lines_are_given_in_order(ledger: Store) -> None:
    """P1: in the order of their events, however they were recorded."""
    ledger.transcripts.record(chat(), [line("a", seq=10), line("b", seq=9), line("c", seq=11)])
    assert [each.event_id for each in ledger.transcripts.open_lines(KEY)] == ["b", "a", "c"]


@pytest.mark.parametrize("other", [("v", "2"), ("w", "1")], ids=["the visitor's other chat", "another visitor's"])
def test_each_chat_has_its_own_lines(ledger: Store, other: tuple[str, str]) -> None:
    """T7: chat ids are unique only per visitor; lines of two chats do not meet."""
    ledger.transcripts.record(chat(*other), [line("x", seq=8)])
    assert ledger.record_reading(chat(), [line("x")]) == 1
    assert ledger.transcripts.open_lines(KEY) == [line("x", seq=1)]
    ledger.transcripts.record(chat(), [line("x", seq=1, state=LineState.DONE), line("y", seq=2)])
    assert (ledger.transcripts.last_seq(KEY), ledger.transcripts.last_seq(other)) == (2, 8)
    assert (ledger.transcripts.known_events(KEY), ledger.transcripts.known_events(other)) == (
        frozenset("xy"),
        frozenset("x"),
    )
    assert ledger.transcripts.open_lines(other) == [line("x", seq=8)]


def test_recording_a_chat_again_keeps_its_lines(ledger: Store) -> None:
    """P1: what became of a chat's lines does not depend on how often it is recorded."""
    ledger.transcripts.record(chat(), [line("a")])
    ledger.transcripts.record(chat(closed=True))
    ledger.record_reading(chat(), [])
    assert ledger.transcripts.open_lines(KEY) == [line("a")]


def test_what_is_known_of_messages(ledger: Store) -> None:
    """P1: a message that displays a line of any chat is not taken for another one's."""
    a, b = (line(name, state=LineState.DONE, message_id="5", message_rows=rows) for name, rows in (("a", 7), ("b", 4)))
    ledger.transcripts.record(chat(), [a, b, line("c", state=LineState.DONE, message_rows=3)])
    ledger.transcripts.record(chat("w"), [replace(a, message_id="6", message_rows=2)])
    assert ledger.transcripts.accounted_rows(["4", "5", "6", ""]) == {"4": 0, "5": 7, "6": 2, "": 0}
    assert ledger.transcripts.accounted_rows([]) == {}


def test_lines_are_counted(ledger: Store) -> None:
    """P3: how many wait and how many are parked is what `status` shows."""
    ledger.transcripts.record(chat(), [line("a", state=LineState.PARKED), line("b", state=LineState.PARKED), line("c")])
    ledger.transcripts.record(chat("w"), [line("a")])
    assert ledger.counts.lines() == {LineState.PARKED: 2, LineState.NEW: 2}


def test_what_is_parked(ledger: Store) -> None:
    """P3: each chat with parked lines once, with its case and what Deskie said; a visitor's older chats come first."""
    parked = line("a", state=LineState.PARKED, error="a: too long")
    ledger.transcripts.record(chat("v", "10", case_id="c2"), [parked, line("b", error="another")])
    ledger.transcripts.record(chat("v", "9"), [parked, replace(parked, event_id="b", error="b: too long")])
    ledger.transcripts.record(chat("u", "11", visitor_name="Una", visitor_email="una@mail.example"), [parked])
    ledger.transcripts.record(chat("w", "1", case_id="c1"), [line("a", state=LineState.SENDING, error="once")])
    assert ledger.transcripts.parked() == [
        (Person("u", "Una", "una@mail.example"), "11", "", "a: too long"),
        (Person("v"), "9", "", "b: too long"),
        (Person("v"), "10", "c2", "a: too long"),
    ]


def test_chats_are_counted(ledger: Store) -> None:
    """T7: how many are remembered, and how many of them will be read again by themselves, due or not."""
    assert ledger.counts.chats() == {"remembered": 0, "watched": 0}
    for number, read in enumerate((None, 0.0, 50.0)):
        ledger.transcripts.record(chat("v", str(number), next_read_at=read, due_at=1.0))
    assert ledger.counts.chats() == {"remembered": 3, "watched": 2}


def test_the_newest_chat(ledger: Store) -> None:
    """T7: ids are compared as numbers, and of one visitor only."""
    for key in (("v", "9"), ("v", "10"), ("v", "2"), ("w", "99")):
        ledger.transcripts.record(chat(*key))
    assert [ledger.transcripts.newest_chat(visitor) for visitor in ("v", "w", "x")] == ["10", "99", None]


def test_the_cases_of_a_visitor(ledger: Store) -> None:
    """T4: each case once, that of the newest chat first; not those of chats that are silenced or have none."""
    cases = {("v", "9"): "a", ("v", "10"): "b", ("v", "2"): "c", ("v", "11"): "", ("v", "8"): "b", ("w", "1"): "d"}
    for key, case_id in cases.items():
        ledger.transcripts.record(chat(*key, case_id=case_id))
    ledger.transcripts.record(chat("v", "12", case_id="e", silenced="the case was deleted"))
    assert [ledger.transcripts.cases_of_visitor(visitor) for visitor in ("v", "w", "x")] == [["b", "a", "c"], ["d"], []]


def test_silent_chats_are_forgotten(ledger: Store) -> None:
    """P7: lines go with their chat, a case with the last of its chats; how many chats went is told."""
    ledger.transcripts.record(chat("old", last_event_at=10.0, case_id="7"), [line("a")], CaseState("7"))
    ledger.transcripts.record(chat("older", last_event_at=9.0, case_id="8"), [line("a")], CaseState("8"))
    ledger.transcripts.record(chat("new", last_event_at=20.0, case_id="7"), [line("b")])
    assert ledger.forget(20.0, 30.0) == 2
    assert [ledger.transcripts.chat((visitor, "1")) is None for visitor in ("old", "older", "new")] == [
        True,
        True,
        False,
    ]
    assert (ledger.transcripts.case("7"), ledger.transcripts.case("8")) == (CaseState("7"), None)
    assert ledger.counts.lines() == {LineState.NEW: 1}


def test_what_was_forgotten_stays_forgotten(ledger: Store) -> None:
    """P7: what is older than the threshold is never mirrored again; the threshold never goes back.

    When chats were last forgotten is recorded with it.
    """
    assert ledger.forget(-5.0, 0.0) == 0
    assert ledger.marks.get(Start).forgotten_before == 0.0
    for before, threshold in ((20.0, 20.0), (5.0, 20.0), (21.0, 21.0)):
        ledger.forget(before, 30.0)
        assert ledger.marks.get(Start) == Start(None, threshold, forgot_at=30.0)


def test_all_or_nothing(ledger: Store) -> None:
    """P1: what cannot be recorded as a whole is not recorded in part, and the ledger can be used afterwards."""
    with pytest.raises(OverflowError):
        ledger.transcripts.record(chat(), [line("a"), line("b", seq=2**63)])
    assert (ledger.transcripts.chat(KEY), ledger.transcripts.open_lines(KEY)) == (None, [])
    ledger.transcripts.record(chat(), [line("a")])
    assert ledger.transcripts.open_lines(KEY) == [line("a")]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda store: store.marks.get(OwnAgent), id="one value"),
        pytest.param(lambda store: store.statuses.operators(), id="many rows"),
        pytest.param(lambda store: store.marks.put(OwnAgent("41")), id="a change"),
    ],
)
def test_a_ledger_that_cannot_be_used(ledger: Store, tmp_path: Path, ask: Callable[[Store], object]) -> None:
    """P7: whatever is asked of it, the message says which file it is."""
    ledger.close()
    with pytest.raises(StoreError, match=f"the state file {tmp_path / 'state.db'} cannot be used"):
        ask(ledger)


HERE = Accounts("acme.deskie.io", "app.chaport.com")


def test_accounts(ledger: Store, tmp_path: Path) -> None:
    """P7: the state is bound to its two accounts; the message names both, the file, and what to do."""
    ledger.bind(HERE)
    ledger.bind(replace(HERE))
    with pytest.raises(Foreign) as raised:
        ledger.bind(replace(HERE, chaport="app.chaport.ru"))
    assert str(raised.value) == (
        f"the state file {tmp_path / 'state.db'} belongs to deskie acme.deskie.io, chaport app.chaport.com, the"
        " configuration names deskie acme.deskie.io, chaport app.chaport.ru; set [state] path to another file, or move"
        " this one away"
    )
    ledger.bind(HERE)


def test_the_cases_of_a_user(ledger: Store) -> None:
    """P1: all that are known, as they are."""
    one, two, other = (CaseState(f"c{number}", f"u{number % 2}", openings=((1.5, "u"),)) for number in (1, 3, 2))
    for case in (one, two, other):
        ledger.transcripts.record(chat(), case=case)
    assert ledger.transcripts.cases_of_user("u1") == [one, two]


def test_what_became_of_lines_alone(ledger: Store) -> None:
    """P1: lines are recorded without their chat, which may be another one by then."""
    ledger.record_reading(chat(visitor_name="Mary"), [line("e1"), line("e2")])
    ledger.transcripts.record_lines(chat().key, [replace(line("e1"), state=LineState.DONE)])
    assert [each.event_id for each in ledger.transcripts.open_lines(chat().key)] == ["e2"]
    assert ledger.transcripts.chat(chat().key) == chat(visitor_name="Mary")
