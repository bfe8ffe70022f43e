"""Who is served first in Deskie, and who must let others have their turn (P9)."""

from dataclasses import replace
from itertools import groupby

import pytest

from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.transcripts.turns import Urgency, after_turn, urgency, whose_turn

NOW = 1_000_000.0
RULES = CaseRules(unanswered=120)
#: A bot answers in a chat whose case is known.
CHAT = ChatState("v1", "7", case_id="2001", bot_spoke=True)
HIDDEN, KNOWN, OPENING = Urgency


@pytest.mark.parametrize(
    ("chat", "found"),
    [
        pytest.param(ChatState("v1", "7", asked_at=NOW - 500), OPENING, id="no case yet"),
        pytest.param(CHAT, KNOWN, id="something to show"),
        pytest.param(replace(CHAT, status_due="the visitor wrote"), KNOWN, id="to be pending again"),
        pytest.param(replace(CHAT, asked_at=NOW - 119), KNOWN, id="a bot may still answer"),
        pytest.param(replace(CHAT, asked_at=NOW - 120), HIDDEN, id="unanswered"),
        pytest.param(replace(CHAT, asked_at=NOW - 500, opened_unanswered=True), KNOWN, id="unanswered, but open"),
        pytest.param(
            replace(CHAT, asked_at=NOW - 500, opened_unanswered=True, status_due="it"), HIDDEN, id="to be opened"
        ),
        pytest.param(replace(CHAT, human=True, status_due="a human took over"), HIDDEN, id="handed off"),
        pytest.param(replace(CHAT, bot_spoke=False, status_due="opened"), HIDDEN, id="no bot has spoken"),
        pytest.param(replace(CHAT, asked_at=NOW - 500, silenced="deleted"), KNOWN, id="silenced"),
    ],
)
def test_urgency(chat: ChatState, found: Urgency) -> None:
    """P9: a case that must be opened because somebody waits comes first, then known cases, then new openings."""
    assert urgency(chat, RULES, NOW, ours=True) is found


def test_nobody_is_hidden_by_us() -> None:
    """P9, C5: where the status is a person's business, or none of ours at all, the chat is as any other."""
    waits = replace(CHAT, asked_at=NOW - 500)
    assert urgency(waits, RULES, NOW, ours=False) is KNOWN
    assert urgency(waits, replace(RULES, pending=False), NOW, ours=True) is KNOWN


@pytest.mark.parametrize(
    ("waiting", "turns"),
    [
        pytest.param([OPENING], "o" * 16, id="one alone"),
        pytest.param([KNOWN, OPENING], "kkkokkkokkkokkko", id="every fourth is the others'"),
        pytest.param([HIDDEN, KNOWN, OPENING], "hhhkhhhkhhhkhhho", id="and of these again"),
    ],
)
def test_whose_turn(waiting: list[Urgency], turns: str) -> None:
    """P9: the more urgent goes first and keeps nobody out."""
    found, in_a_row = "", dict[Urgency, int]()
    for _ in turns:
        whose = whose_turn(waiting, in_a_row)
        in_a_row = after_turn(whose, in_a_row)
        found += whose.name[0].lower()
    assert found == turns


def test_who_comes_late() -> None:
    """P9: after a long time in which only one kind waited, nobody has to make up for it."""
    in_a_row: dict[Urgency, int] = {}
    for _ in range(100):
        in_a_row = after_turn(OPENING, in_a_row)
    turns = []
    for _ in range(12):
        turns.append(whose_turn([KNOWN, OPENING], in_a_row))
        in_a_row = after_turn(turns[-1], in_a_row)
    assert turns[0] is KNOWN
    assert max(len([*run]) for _, run in groupby(turns)) == 3
