"""What waits to be delivered, what is held back, and what is parked, as people and alerts count it (T2, T3, P3)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.next_step import HELD_BACK, next_step
from chaport_sync.core.transcripts.steps import Facts, Rest, Snapshot
from chaport_sync.store import Store
from tests.core.transcripts.conversation import CASE, CHAT, NOW, RULES, bot, visitor

HANDOFF = replace(RULES, handoff=True)
GREETED = ChatState("v1", "7", bot_spoke=True, last_event_at=NOW - 10)
#: A bot talks with a visitor who has written; nobody waits.
TALKS = replace(CHAT, case_id="", due_at=NOW)


@pytest.mark.parametrize(
    ("chat", "lines", "handoff", "held"),
    [
        pytest.param(GREETED, [bot(1)], False, True, id="only the bot has spoken"),
        pytest.param(replace(GREETED, due_at=NOW), [bot(1)], False, True, id="and nobody looked at it yet"),
        pytest.param(replace(TALKS, due_at=None), [bot(1)], False, True, id="the visitor's words are not shown"),
        pytest.param(TALKS, [visitor(1), bot(2)], False, False, id="the visitor has written"),
        pytest.param(replace(TALKS, due_at=NOW + 300), [visitor(1)], False, False, id="Deskie fails"),
        pytest.param(replace(TALKS, case_id="c1"), [bot(1)], False, False, id="there is a case"),
        pytest.param(TALKS, [visitor(1), bot(2)], True, True, id="a bot may still answer"),
        pytest.param(replace(TALKS, handed_over=True), [visitor(1)], True, False, id="handed over"),
        pytest.param(replace(TALKS, human=True), [visitor(1)], True, False, id="a human"),
        pytest.param(replace(TALKS, closed=True), [visitor(1)], True, False, id="closed"),
        pytest.param(replace(TALKS, last_event_at=NOW - 1800), [visitor(1)], True, False, id="silent for ended_after"),
        pytest.param(replace(TALKS, last_event_at=NOW - 1799), [visitor(1)], True, True, id="not so long yet"),
        pytest.param(replace(TALKS, asked_at=NOW - 120), [visitor(1)], True, False, id="unanswered for long"),
        pytest.param(replace(TALKS, asked_at=NOW - 119), [visitor(1)], True, True, id="not so long yet either"),
    ],
)
def test_what_is_held_back(
    ledger: Store,
    chat: ChatState,
    lines: list[Line],
    handoff: bool,  # noqa: FBT001 - a table
    held: bool,  # noqa: FBT001 - a table
) -> None:
    """T2, T3: held back is what the next step leaves until something happens; all else waits, whatever keeps it."""
    rules = HANDOFF if handoff else RULES
    ledger.transcripts.record(chat, lines)
    count = len(lines)
    expected = {"waiting": 0, "held": count, "parked": 0} if held else {"waiting": count, "held": 0, "parked": 0}
    assert ledger.counts.deliveries(rules, NOW) == expected
    step = next_step(Snapshot(chat, CASE if chat.case_id else None, tuple(lines), Facts(verified=True), NOW), rules)
    assert (isinstance(step, Rest) and step.reason in HELD_BACK) is held


def test_each_line_once(ledger: Store) -> None:
    """P3: what is under way waits; what is parked neither waits nor is held back; what is displayed is none of it."""
    parked, sending = bot(2, state=LineState.PARKED), visitor(3, state=LineState.SENDING)
    ledger.transcripts.record(replace(CHAT, due_at=NOW), [bot(1), parked, sending, bot(4, state=LineState.DONE)])
    ledger.transcripts.record(replace(GREETED, chat_id="6"), [bot(1), bot(2, state=LineState.PARKED)])
    ledger.transcripts.record(replace(GREETED, chat_id="8"), [bot(1), bot(2)])
    assert ledger.counts.deliveries(RULES, NOW) == {"waiting": 2, "held": 3, "parked": 2}


def test_nothing_to_deliver(ledger: Store) -> None:
    """An alert needs a zero to begin with."""
    ledger.transcripts.record(CHAT)
    assert ledger.counts.deliveries(RULES, NOW) == {"waiting": 0, "held": 0, "parked": 0}
