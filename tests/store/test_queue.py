"""What is due: chats to be read, chats to be served, and lines that wait (T7, P1)."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import Store
from tests.store.stores import chat, line

KEY = ("v", "1")


def keys(chats: Iterable[ChatState]) -> list[str]:
    """Return the chats' ids in short."""
    return ["/".join(each.key) for each in chats]


def test_what_is_to_be_read(ledger: Store) -> None:
    """T7: each chat that is due, longest due first; chats without a time are found by the sweep only."""
    due = {("a", "1"): 30.0, ("b", "1"): 50.0, ("c", "1"): 10.0, ("a", "2"): 5.0, ("d", "1"): None, ("e", "1"): 50.1}
    for key, at in due.items():
        ledger.transcripts.record(chat(*key, next_read_at=at, last_event_at=3.0, due_at=1.0))
    assert ledger.transcripts.chats_to_read(50.0) == [
        ("a", 5.0, 3.0),
        ("c", 10.0, 3.0),
        ("a", 30.0, 3.0),
        ("b", 50.0, 3.0),
    ]


def test_reading_is_put_off(ledger: Store) -> None:
    """T7: of one visitor, and nothing is read earlier for it, nor again what only the sweep shall find."""
    before = {("a", "1"): 30.0, ("a", "2"): 70.0, ("a", "3"): None, ("b", "1"): 30.0}
    for key, at in before.items():
        ledger.transcripts.record(chat(*key, next_read_at=at))
    ledger.transcripts.put_off_reading("a", 50.0)
    after = {("a", "1"): 50.0, ("a", "2"): 70.0, ("a", "3"): None, ("b", "1"): 30.0}
    assert {key: state.next_read_at for key in before if (state := ledger.transcripts.chat(key))} == after


def test_only_one_chat_is_watched(ledger: Store) -> None:
    """T7: whoever begins a chat has left the older ones; other visitors' chats are watched as before."""
    for key in (("a", "1"), ("a", "2"), ("b", "1")):
        ledger.transcripts.record(chat(*key, next_read_at=30.0))
    ledger.transcripts.watch_only("a", "2")
    assert [visitor for visitor, _, _ in ledger.transcripts.chats_to_read(50.0)] == ["a", "b"]
    assert ledger.counts.chats() == {"remembered": 3, "watched": 2}
    ledger.transcripts.watch_only("a", "")
    assert [visitor for visitor, _, _ in ledger.transcripts.chats_to_read(50.0)] == ["b"]


def test_what_is_to_be_tended(ledger: Store) -> None:
    """P1: longest due first, and of one moment a visitor's older chats before the newer ones."""
    due = {("a", "10"): 7.0, ("b", "1"): 50.0, ("c", "1"): 5.0, ("a", "9"): 7.0, ("d", "1"): None, ("e", "1"): 50.1}
    for key, at in due.items():
        ledger.transcripts.record(chat(*key, next_read_at=1.0, due_at=at))
    assert keys(chat for chat, _ in ledger.transcripts.chats_due(50.0)) == ["c/1", "a/9", "a/10", "b/1"]


def test_whose_status_is_ours(ledger: Store) -> None:
    """P9: of each chat that is to be tended it is known whether the status of its case is ours to set."""
    cases = [CaseState("1"), CaseState("2", own=False), CaseState("3", left_alone="an agent is assigned")]
    for each in cases:
        ledger.transcripts.record(chat(each.id, "1", due_at=1.0, case_id=each.id), case=each)
    ledger.transcripts.record(chat("4", "1", due_at=1.0))
    assert [ours for _, ours in ledger.transcripts.chats_due(1.0)] == [True, False, False, False]


SENDING = line("a", state=LineState.SENDING, not_before=7.0)


@pytest.mark.parametrize(
    ("other", "lines", "until"),
    [
        pytest.param(chat("v", "2"), [SENDING], 7.0, id="the visitor's other chat"),
        pytest.param(chat("w", "1", case_id="c1"), [SENDING], 7.0, id="another visitor's in the same case"),
        pytest.param(chat("w", "2", case_id="c2"), [SENDING], None, id="in another case"),
        pytest.param(chat("w", "2"), [SENDING], None, id="in none"),
        pytest.param(chat("v", "1", case_id="c1"), [SENDING], None, id="the chat itself"),
        pytest.param(chat("v", "2"), [SENDING, line("b", state=LineState.SENDING, not_before=9.0)], 9.0, id="the last"),
        pytest.param(chat("v", "2"), [line("a", not_before=7.0)], None, id="new"),
        pytest.param(chat("v", "2"), [replace(SENDING, state=LineState.PARKED)], None, id="parked"),
        pytest.param(chat("v", "2"), [replace(SENDING, state=LineState.DONE)], None, id="displayed"),
    ],
)
def test_unclear_elsewhere(ledger: Store, other: ChatState, lines: list[Line], until: float | None) -> None:
    """P1: nothing may be written that hides what became of another chat's request in the same case."""
    ledger.transcripts.record(chat(case_id="c1"))
    ledger.transcripts.record(other, lines)
    assert ledger.transcripts.unclear_elsewhere(KEY, "c1") == until


def test_chats_without_a_case_have_none_in_common(ledger: Store) -> None:
    """P1: two visitors' chats that have no case yet do not wait for each other."""
    ledger.transcripts.record(chat())
    ledger.transcripts.record(chat("w"), [SENDING])
    assert ledger.transcripts.unclear_elsewhere(KEY, "") is None


def test_parked_lines_are_made_due(ledger: Store) -> None:
    """P3: `retry` marks what is parked, and nothing else, as due, and has its chats looked after."""
    parked = line("a", state=LineState.PARKED, not_before=99.0)
    ledger.transcripts.record(
        chat(due_at=99.0), [parked, replace(parked, event_id="b"), replace(SENDING, event_id="c")]
    )
    ledger.transcripts.record(chat("v", "2", due_at=99.0), [line("a", not_before=9.0)])
    ledger.transcripts.record(chat("w", "1", due_at=99.0), [replace(SENDING, not_before=9.0)])
    assert ledger.transcripts.retry_parked() == 2
    assert {each.event_id: each.not_before for each in ledger.transcripts.open_lines(KEY)} == {"a": 0, "b": 0, "c": 7}
    assert keys(chat for chat, _ in ledger.transcripts.chats_due(0.0)) == ["v/1"]
    assert ledger.transcripts.open_lines(("v", "2")) == [line("a", not_before=9.0)]


def test_the_next_lines_of_a_long_chat(ledger: Store) -> None:
    """P1: of new lines the first ones are enough for a step; what is unclear or parked is never left out."""
    lines = [line(f"e{number}") for number in range(6)]
    lines[0] = replace(lines[0], state=LineState.PARKED)
    lines[2] = replace(lines[2], state=LineState.SENDING)
    lines[5] = replace(lines[5], state=LineState.PARKED)
    ledger.record_reading(chat(), lines)
    given = [[each.event_id for each in ledger.transcripts.open_lines(chat().key, new)] for new in (0, 2, 9, -1)]
    assert given == [["e0", "e2", "e5"], ["e0", "e1", "e2", "e3", "e5"], *[[f"e{n}" for n in range(6)]] * 2]
