"""What waits to be delivered, what is held back, and what is parked, as people and alerts count it (T2, T3, P3)."""

from dataclasses import replace

import pytest

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.transcripts.cases import CaseRules, Deliver
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.next_step import HELD_BACK, next_step
from chaport_sync.core.transcripts.steps import Facts, Rest, Snapshot
from chaport_sync.store import Store
from tests.core.transcripts.conversation import CASE, CHAT, NOW, RULES, bot, visitor

LIVE, DIGEST, HANDOFF = (replace(RULES, deliver=each) for each in (Deliver.LIVE, Deliver.DIGEST, Deliver.HANDOFF))
GREETED = ChatState("v1", "7", bot_spoke=True, last_event_at=NOW - 10)
#: A bot talks with a visitor who has written; nobody waits.
TALKS = replace(CHAT, case_id="", due_at=NOW)
GATHERS = replace(CHAT, due_at=NOW + 1, gather_from=NOW - 59)


@pytest.mark.parametrize(
    ("chat", "lines", "rules", "held"),
    [
        pytest.param(GREETED, [bot(1)], LIVE, True, id="only the bot has spoken"),
        pytest.param(replace(GREETED, due_at=NOW), [bot(1)], LIVE, True, id="and nobody looked at it yet"),
        pytest.param(replace(TALKS, due_at=None), [bot(1)], LIVE, True, id="the visitor's words are not shown"),
        pytest.param(TALKS, [visitor(1), bot(2)], LIVE, False, id="the visitor has written"),
        pytest.param(replace(TALKS, due_at=NOW + 300), [visitor(1)], LIVE, False, id="Deskie fails"),
        pytest.param(replace(TALKS, case_id="c1"), [bot(1)], LIVE, False, id="there is a case"),
        pytest.param(TALKS, [visitor(1), bot(2)], HANDOFF, True, id="a bot may still answer"),
        pytest.param(replace(TALKS, handed_over=True), [visitor(1)], HANDOFF, False, id="handed over"),
        pytest.param(replace(TALKS, human=True), [visitor(1)], HANDOFF, False, id="a human"),
        pytest.param(replace(TALKS, closed=True), [visitor(1)], HANDOFF, False, id="closed"),
        pytest.param(
            replace(TALKS, last_event_at=NOW - 1800), [visitor(1)], HANDOFF, False, id="silent for ended_after"
        ),
        pytest.param(replace(TALKS, last_event_at=NOW - 1799), [visitor(1)], HANDOFF, True, id="not so long yet"),
        pytest.param(replace(TALKS, asked_at=NOW - 120), [visitor(1)], HANDOFF, False, id="unanswered for long"),
        pytest.param(replace(TALKS, asked_at=NOW - 119), [visitor(1)], HANDOFF, True, id="not so long yet either"),
        pytest.param(GATHERS, [visitor(1), bot(2)], DIGEST, True, id="gathered"),
        pytest.param(replace(GATHERS, gather_from=NOW - 60), [bot(1)], DIGEST, False, id="gathered for long enough"),
        pytest.param(replace(GATHERS, gather_from=None), [bot(1)], DIGEST, False, id="nobody knows since when"),
        pytest.param(replace(GATHERS, note_until=1), [bot(1)], DIGEST, False, id="released"),
        pytest.param(replace(GATHERS, case_id=""), [visitor(1)], DIGEST, False, id="to be opened"),
        pytest.param(replace(GATHERS, bot_spoke=False), [visitor(1)], DIGEST, False, id="without a bot"),
        pytest.param(replace(GATHERS, human=True), [visitor(1)], DIGEST, False, id="to a human"),
        pytest.param(replace(GATHERS, asked_at=NOW - 120), [visitor(1)], DIGEST, False, id="unanswered at last"),
    ],
)
def test_what_is_held_back(
    ledger: Store,
    chat: ChatState,
    lines: list[Line],
    rules: CaseRules,
    held: bool,  # noqa: FBT001 - a table
) -> None:
    """T2, T3: held back is what the next step leaves until something happens; all else waits, whatever keeps it."""
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
