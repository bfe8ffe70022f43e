"""Records are stored as they are, whatever is in them (P1, P7)."""

import sqlite3
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from chaport_sync.core.health import Beat
from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Author, Kind, Verdict
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import Store
from chaport_sync.store.rows import Reader, columns, to_row, upsert
from tests.store.stores import chat, line, opened

KEY = ("v1", "7")
OPERATOR = OperatorState(
    "op1", Verdict.KEEP, 1.5, "online", 2.5, 3.5, "away", 4.5, 5.5, "busy", 6.5, Verdict.ONLINE, (7.5, 8.5), 9
)
CHAT = ChatState(
    *KEY,
    since=1.5,
    visitor_name="Mary",
    visitor_email="mary@mail.example",
    visitor_phone="+1 555",
    page="https://acme.example/",
    bot_name="Robin",
    closed=True,
    last_event_at=2.5,
    next_read_at=3.5,
    due_at=4.5,
    visitor_wrote=True,
    bot_spoke=True,
    human=True,
    asked_at=5.5,
    handed_over=True,
    note_until=6,
    case_id="c1",
    introduced=True,
    silenced="why",
    opened_unanswered=True,
    status_due="the visitor wrote",
    waiting_since=7.5,
    search_after=8.5,
    searches=9,
)
CASE = CaseState(
    "c1",
    "u1",
    own=False,
    status_ours="open",
    status_sent="waiting",
    visitor_wrote=True,
    openings=((1.5, "u1"), (2.5, "u2")),
)
LINE = replace(
    Line("e1", 2, Author.BOT, "Robin (bot)", 1.5, "Hello", 3, LineState.PARKED, 4, 5.5, "too long", "700001", 6),
    kind=Kind.OTHER,
)


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("state", [OPERATOR, OperatorState("op1")], ids=["all parts", "no parts"])
def test_operators(ledger: Store, state: OperatorState, known: bool) -> None:  # noqa: FBT001 - a row of a table
    """S4, S5: times, verdicts and overrides are kept over restarts as they are."""
    other = OperatorState("op2", written="online")
    ledger.statuses.record_operators([OperatorState("op1", written="before"), other] if known else [other])
    ledger.statuses.record_operators([state])
    assert ledger.statuses.operators() == {"op1": state, "op2": other}


@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize(
    ("state", "case"), [(CHAT, CASE), (ChatState(*KEY), CaseState("c1"))], ids=["all parts", "no parts"]
)
@pytest.mark.parametrize("by_reading", [True, False], ids=["read", "recorded"])
def test_chats_and_cases(ledger: Store, state: ChatState, case: CaseState, known: bool, by_reading: bool) -> None:  # noqa: FBT001
    """P1: a chat and its case are kept as they are, whether or not they were known, and others are not touched."""
    other, another = chat("v1", "8", page="other"), CaseState("c2", "another")
    ledger.transcripts.record(other, case=another)
    if known:
        ledger.transcripts.record(ChatState(*KEY, since=9.0, visitor_name="before"), case=CaseState("c1", "before"))
    if by_reading:
        ledger.record_reading(state, [])
    ledger.transcripts.record(state, case=case)
    assert (ledger.transcripts.chat(KEY), ledger.transcripts.case("c1")) == (state, case)
    assert (ledger.transcripts.chat(other.key), ledger.transcripts.case("c2")) == (other, another)


def test_words_come_back_as_what_they_are(ledger: Store) -> None:
    """P7: a stored verdict is a verdict again, with what it tells, and not merely its word."""
    ledger.statuses.record_operators([OPERATOR])
    verdict = ledger.statuses.operators()["op1"].verdict
    assert type(verdict) is Verdict
    ledger.record_reading(chat("v1", "7"), [line("e1", state=LineState.NEW)])
    assert type(ledger.transcripts.open_lines(KEY)[0].state) is LineState


def test_what_was_never_recorded(ledger: Store) -> None:
    """P1: of what is not known nothing is given."""
    assert (
        ledger.transcripts.chat(KEY),
        ledger.transcripts.case("c1"),
        ledger.statuses.operators(),
        ledger.transcripts.open_lines(KEY),
    ) == (None, None, {}, [])
    assert (ledger.transcripts.last_seq(KEY), ledger.transcripts.known_events(KEY), ledger.counts.lines()) == (
        0,
        frozenset(),
        {},
    )


@pytest.mark.parametrize("state", [LINE, Line("e1", 0, Author.VISITOR, "", 0.0, "")], ids=["all parts", "no parts"])
def test_lines(ledger: Store, state: Line) -> None:
    """P1: a line is kept as it is, also when it is recorded again."""
    ledger.transcripts.record(ChatState(*KEY), [line("e1", state.part), state])
    assert ledger.transcripts.open_lines(KEY) == [state]


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        (Verdict, "online invisible keep offline"),
        (Author, "visitor bot operator automation unknown"),
        (Kind, "words other system notice"),
        (LineState, "new sending done parked"),
    ],
    ids=["verdicts", "authors", "kinds", "states"],
)
def test_the_words_of_the_file_stay_the_same(words: type[StrEnum], stored: str) -> None:
    """P7: what an earlier version recorded can be read: another word would need a migration."""
    assert [word.value for word in words] == stored.split()


def test_a_case_is_recorded_only_if_there_is_one(ledger: Store) -> None:
    """P1: recording a chat alone leaves its case as it was."""
    ledger.transcripts.record(CHAT, case=CASE)
    ledger.transcripts.record(CHAT)
    assert ledger.transcripts.case("c1") == CASE


@pytest.mark.parametrize(
    "record", [OPERATOR, OperatorState("op1"), CHAT, CASE, LINE], ids=lambda each: type(each).__name__
)
def test_rows(record: Any) -> None:
    """P7: a table's columns are its record's fields; a row of them becomes the record again."""
    kind = type(record)
    names = columns(kind)
    assert names == tuple(field.name for field in fields(kind))
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.execute(f"CREATE TABLE records (visitor PRIMARY KEY, {', '.join(names)})")
    for row in (to_row(record), to_row(record)):
        connection.execute(upsert("records", kind, "visitor"), ("v1", *row))
    found = connection.execute("SELECT * FROM records").fetchall()
    connection.close()
    assert [(row["visitor"], Reader(kind, "record")(row)) for row in found] == [("v1", record)]
    assert {type(value) for value in to_row(record)} <= {str, int, float, type(None)}


@pytest.mark.parametrize("moment", [6e47, -6e47, float("inf")])
def test_a_moment_that_no_calendar_has(tmp_path: Path, moment: float) -> None:
    """P3: one flipped bit of a time makes a damaged record, not a command that cannot tell it."""
    with opened(tmp_path / "state.db") as store:
        store.transcripts.record(chat(), [line("e1"), line("e2")])
        store.marks.put(Beat(at=5.0))
        store.connection._sqlite.execute("UPDATE lines SET at = ? WHERE event_id = 'e1'", (moment,))
        store.connection._sqlite.execute("UPDATE meta SET value = json_object('at', ?) WHERE key = 'Beat'", (moment,))
        assert [each.event_id for each in store.transcripts.open_lines(("v", "1"))] == ["e2"]
        assert store.marks.get(Beat) == Beat()
        assert len(store.connection.damaged) == 2
