"""Whose turn it is in Deskie while not everybody can be served at once (P9)."""

from collections.abc import Collection, Mapping
from enum import IntEnum

from chaport_sync.core.transcripts.casework import OPEN, CaseRules, unanswered_at, wanted_status
from chaport_sync.core.transcripts.chats import ChatState

#: So many turns of the more urgent go before those who wait for less; the next one is theirs.
IN_A_ROW = 3


class Urgency(IntEnum):
    """Who goes first: a lower one."""

    HIDDEN = 0
    KNOWN = 1
    OPENING = 2


def urgency(chat: ChatState, rules: CaseRules, now: float, *, ours: bool) -> Urgency:
    """Return how urgent it is to serve a chat.

    Most urgent is a visitor who waits for a person and whose case may be pending, then whose case is known, then who
    needs a case.

    Args:
        chat: What is remembered of the chat.
        rules: `[cases]`, `[pending]`, `[transcripts]` deliver.
        now: Unix seconds.
        ours: Whether its case's status is ours to set: else nobody is hidden by us.
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
    """Return who is served next: the most urgent, unless they had so many turns in a row that the others have one.

    Args:
        waiting: Who waits, at least one.
        in_a_row: How many turns each had since somebody less urgent had one.
    """
    *more_urgent, last = sorted(waiting)
    return next((each for each in more_urgent if in_a_row.get(each, 0) < IN_A_ROW), last)


def after_turn(of: Urgency, in_a_row: Mapping[Urgency, int]) -> dict[Urgency, int]:
    """Return how many turns each had in a row, after one of these."""
    return {each: count for each, count in in_a_row.items() if each > of} | {of: in_a_row.get(of, 0) + 1}
