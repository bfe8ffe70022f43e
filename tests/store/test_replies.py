"""Agents' answers in the ledger: kept in order, found again, and told of in the right chat (R1, R2)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import LineState, Reply
from chaport_sync.store import Store
from tests.store.stores import chat, line

FIRST = Reply("7001", 0, "v", "c1", "41", "op", 5.0, "One")
SECOND = replace(FIRST, message_id="7002", text="Two")
OTHER = replace(FIRST, message_id="7003", visitor_id="w", case_id="c2")


def kept(ledger: Store, visitor_id: str = "v") -> list[tuple[str, int, LineState]]:
    """Return a visitor's answers, as far as the tests compare them."""
    return [(reply.message_id, reply.part, reply.state) for reply in ledger.replies.to(visitor_id)]


def test_a_reply_is_kept_as_it_is(ledger: Store) -> None:
    """R2: with all that is known of it."""
    whole = Reply("7", 1, "v", "c", "41", "op", 1.5, "Hi", "d1", 3, LineState.SENDING, 4, 5.5, "why", 6, "e1")
    ledger.replies.record([whole])
    assert ledger.replies.to("v") == [whole]


def test_in_the_order_of_recording(ledger: Store) -> None:
    """R2: new ones stand behind all others, part by part, and keep their place whatever becomes of them."""
    ledger.replies.record([SECOND, replace(SECOND, part=1), OTHER])
    ledger.replies.record([FIRST])
    assert [reply.seq for reply in ledger.replies.to("v")] == [1, 2, 4]
    done = replace(ledger.replies.to("v")[0], state=LineState.DONE)
    ledger.replies.record([done])
    new = LineState.NEW
    assert kept(ledger) == [("7002", 0, LineState.DONE), ("7002", 1, new), ("7001", 0, new)]


def test_who_waits_for_an_answer(ledger: Store) -> None:
    """R2: who has waited longest comes first; what arrived or was given up is waited for by nobody."""
    ledger.replies.record([OTHER, FIRST, replace(OTHER, message_id="7004")])
    assert ledger.replies.visitors() == ["w", "v"]
    ledger.replies.record([replace(ledger.replies.to("v")[0], state=LineState.SENDING)])
    for reply in ledger.replies.to("w"):
        ledger.replies.record([replace(reply, state=LineState.DONE)])
    assert ledger.replies.visitors() == ["v"]
    ledger.replies.record([replace(ledger.replies.to("v")[0], state=LineState.PARKED)])
    assert ledger.replies.visitors() == []


def test_what_was_dealt_with(ledger: Store) -> None:
    """R1: messages are known by their first parts, in whatever case they stand by now."""
    ledger.replies.record([FIRST, replace(SECOND, part=1)])
    assert ledger.replies.known_among(["7001", "7002", "7009"]) == {"7001"}


def test_what_was_sent_from_a_case(ledger: Store) -> None:
    """R1: the first parts of what arrived, in order."""
    done = LineState.DONE
    ledger.replies.record(
        [replace(SECOND, state=done), replace(SECOND, part=1, state=done), replace(FIRST, state=done), OTHER]
    )
    ledger.replies.record([replace(OTHER, message_id="7005", state=done), replace(FIRST, message_id="7006")])
    assert [reply.message_id for reply in ledger.replies.sent_in("c1")] == ["7002", "7001"]


def test_how_many_there_are(ledger: Store) -> None:
    """Parts are counted by what became of them."""
    ledger.replies.record([FIRST, SECOND, replace(OTHER, state=LineState.PARKED)])
    assert ledger.counts.replies() == {LineState.NEW: 2, LineState.PARKED: 1}


def test_the_chats_of_a_case(ledger: Store) -> None:
    """R1: the newest first, by number."""
    for each in (chat(chat_id="9", case_id="c1"), chat(chat_id="10", case_id="c1"), chat("w", "11", case_id="c2")):
        ledger.transcripts.record(each)
    assert [each.chat_id for each in ledger.transcripts.chats_in("c1")] == ["10", "9"]


def test_the_chats_of_a_number(ledger: Store) -> None:
    """Of all visitors, the latest first."""
    for visitor_id, at in (("u", 5.0), ("v", 9.0), ("w", 7.0)):
        ledger.transcripts.record(chat(visitor_id, "1", last_event_at=at))
    ledger.transcripts.record(chat("v", "2"))
    assert [each.visitor_id for each in ledger.transcripts.chats_numbered("1")] == ["v", "w", "u"]


def test_the_numbers_of_chats(ledger: Store) -> None:
    """Of each chat its case, where it has one, and its own."""
    for each in (chat(chat_id="9", case_id="c1"), chat("w", "11")):
        ledger.transcripts.record(each)
    assert sorted(ledger.transcripts.numbers()) == [("", "11"), ("c1", "9")]


def test_the_chat_in_which_a_note_belongs(ledger: Store) -> None:
    """R1: the visitor's newest in that case, and where none is shown there any more, the newest that has a case."""
    assert ledger.transcripts.newest_chat_in("c1", "v") is None
    for each in (chat(chat_id="9", case_id="c1"), chat(chat_id="10", case_id="c1"), chat(chat_id="11", case_id="c2")):
        ledger.transcripts.record(each)
    ledger.transcripts.record(chat("w", "12", case_id="c1"))
    ledger.transcripts.record(chat(chat_id="13"))
    found = [ledger.transcripts.newest_chat_in(case_id, "v") for case_id in ("c1", "c2", "c3")]
    assert [each.chat_id for each in found if each] == ["10", "11", "11"]
    ledger.transcripts.record(chat("u", "14"))
    assert ledger.transcripts.newest_chat_in("c1", "u") == ledger.transcripts.chat(("u", "14"))


def test_an_agent_is_told(ledger: Store) -> None:
    """P1, R1: what became of an answer and the note are recorded together, and the chat is due at once."""
    note = line("deskie-7001-failed")
    ledger.tell_agents(chat(), note, [replace(FIRST, state=LineState.PARKED)])
    assert kept(ledger) == [("7001", 0, LineState.PARKED)]
    assert [each.event_id for each in ledger.transcripts.open_lines(("v", "1"))] == ["deskie-7001-failed"]
    assert ledger.transcripts.chat(("v", "1")) == chat(due_at=note.at)


def test_an_answer_arrived(ledger: Store) -> None:
    """R2: that, and what it means for the chat, are recorded together."""
    ledger.record_reading(chat(human=True), (), [replace(FIRST, state=LineState.DONE)])
    assert kept(ledger) == [("7001", 0, LineState.DONE)]
    assert ledger.transcripts.chat(("v", "1")) == chat(human=True)
    assert ledger.transcripts.open_lines(("v", "1")) == []


def test_an_answer_does_not_arrive_without_its_chat(ledger: Store) -> None:
    """P1, R2: neither is recorded if the other cannot be, and the ledger can be used afterwards."""
    with pytest.raises(OverflowError):
        ledger.record_reading(chat(last_event_at=2**63), (), [FIRST])
    assert (kept(ledger), ledger.transcripts.chat(("v", "1"))) == ([], None)
    ledger.record_reading(chat(), (), [FIRST])
    assert kept(ledger) == [("7001", 0, LineState.NEW)]


def test_how_much_of_a_chat_is_shown(ledger: Store) -> None:
    """The lines of this chat that are displayed."""
    shown = [line("a", state=LineState.DONE), line("b", state=LineState.DONE)]
    ledger.transcripts.record(chat(), [*shown, line("c"), line("d", state=LineState.PARKED)])
    ledger.transcripts.record(chat(chat_id="2"), [line("e", state=LineState.DONE)])
    assert ledger.transcripts.count_shown(("v", "1")) == 2
