"""Which chat is served next in Deskie while several wait (P9)."""

from collections.abc import Collection, Mapping
from enum import IntEnum

from chaport_sync.core.transcripts.casework import OPEN, CaseRules, unanswered_at, wanted_status
from chaport_sync.core.transcripts.chats import ChatState

#: After so many turns in a row, a less urgent chat has the next turn.
IN_A_ROW = 3


class Urgency(IntEnum):
    """How urgent a chat is; a lower number goes first."""

    HIDDEN = 0
    KNOWN = 1
    OPENING = 2


def urgency(chat: ChatState, rules: CaseRules, now: float, *, ours: bool) -> Urgency:
    """Return how urgent it is to serve a chat.

    First come visitors who wait for a person while their case may be pending, then chats with a case, then chats that
    need a case.

    Args:
        chat: The recorded state of the chat.
        rules: `[cases]`, `[pending]`, `[transcripts]` deliver.
        now: Unix seconds.
        ours: Whether the daemon may set its case's status; if not, it cannot have hidden the visitor.
    """
    if not chat.case_id:
        return Urgency.OPENING
    if not (ours and rules.pending) or chat.silenced:
        return Urgency.KNOWN
    too_long = unanswered_at(chat, rules)
    if too_long is not None and too_long <= now:
        return Urgency.HIDDEN
    opens = chat.status_due and wanted_status(chat, rules, waits_elsewhere=False) == OPEN
    return Urgency.HIDDEN if opens else Urgency.KNOWN


def whose_turn(waiting: Collection[Urgency], in_a_row: Mapping[Urgency, int]) -> Urgency:
    """Return which urgency is served next: the highest, unless it has had `IN_A_ROW` turns in a row.

    Args:
        waiting: The urgencies of the chats that wait, at least one.
        in_a_row: How many turns each urgency had since a less urgent one had a turn.
    """
    *more_urgent, last = sorted(waiting)
    return next((each for each in more_urgent if in_a_row.get(each, 0) < IN_A_ROW), last)


def after_turn(of: Urgency, in_a_row: Mapping[Urgency, int]) -> dict[Urgency, int]:
    """Return how many turns each urgency has had in a row, after one more turn `of` this one."""
    return {each: count for each, count in in_a_row.items() if each > of} | {of: in_a_row.get(of, 0) + 1}
