"""Who is next when the pace does not allow to read or to show all at once, and how late both are (T7, P9)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import zip_longest

from chaport_sync.core.transcripts.cases import OPEN, CaseRules, unanswered_at, wanted_status
from chaport_sync.core.transcripts.chats import ChatState
from chaport_sync.core.wording import number

#: After so many turns in a row, a less urgent chat has the next turn.
IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A visitor whose chat is due since `at` (Unix seconds), and every `pause` seconds if the pace allows it."""

    visitor_id: str
    at: float
    pause: float


class Work(StrEnum):
    """What may be late: reading chats in Chaport, or showing in Deskie what was read."""

    READING = "reading"
    DELIVERING = "delivering"


@dataclass(frozen=True, slots=True)
class Lateness:
    """The longest wait of all visitors, in seconds, and how many visitors wait."""

    seconds: float = 0.0
    visitors: int = 0


class Urgency(IntEnum):
    """How urgent a chat is; a lower number goes first."""

    HIDDEN = 0
    KNOWN = 1
    OPENING = 2


def in_turns(noticed: Iterable[str], due: Iterable[Due], now: float, *, noticed_first: bool) -> list[str]:
    """Return each visitor once, by turns from two queues: `noticed`, whose rows changed, and `due`.

    In `due` the visitor comes first whose lateness is largest in proportion to the pause. So all pauses stretch by
    about the same factor, in fresh and in idle chats. A long queue does not hold up the other one. `noticed_first`
    changes from cycle to cycle, because a cycle may have time for one visitor only.
    """
    stretched = [each.visitor_id for each in sorted(due, key=lambda each: (each.at - now) / each.pause)]
    queues = (noticed, stretched) if noticed_first else (stretched, noticed)
    turns = (visitor_id for pair in zip_longest(*queues) for visitor_id in pair if visitor_id is not None)
    return list(dict.fromkeys(turns))


def urgency(chat: ChatState, rules: CaseRules, now: float, *, ours: bool) -> Urgency:
    """Return how urgent it is to serve a chat.

    First come visitors who wait for a person while their case may be pending, then chats with a case, then chats that
    need a case. A daemon that may not set the case's status (`ours`) cannot have hidden the visitor.
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
    """Return which of the urgencies (at least one) is served next: the highest, unless it has had its turns in a row.

    `in_a_row` is how many turns each urgency had since a less urgent one had a turn.
    """
    *more_urgent, last = sorted(waiting)
    return next((each for each in more_urgent if in_a_row.get(each, 0) < IN_A_ROW), last)


def after_turn(of: Urgency, in_a_row: Mapping[Urgency, int]) -> dict[Urgency, int]:
    """Return how many turns each urgency has had in a row, after one more turn `of` this one."""
    return {each: count for each, count in in_a_row.items() if each > of} | {of: in_a_row.get(of, 0) + 1}


def lateness(noticed: Mapping[str, float], due: Iterable[Due], now: float, *, poll: float) -> Lateness:
    """Return how late reading is.

    Args:
        noticed: For each visitor whose row changed, the seconds since the change was seen.
        due: The visitors who are due and were not read.
        now: Unix seconds.
        poll: Seconds between cycles. Visitors become due half a poll early, so that the nearest cycle reads them.
    """
    waits = dict(noticed)
    for each in due:
        late = now - each.at - poll / 2
        if late > 0:
            waits[each.visitor_id] = max(late, waits.get(each.visitor_id, 0.0))
    return Lateness(max(waits.values(), default=0.0), len(waits))


def too_late_after(unanswered: float, poll: float) -> float:
    """Return after how many seconds of waiting the work is too late, by `[pending] unanswered` and the poll."""
    return max(unanswered, 2 * poll)


def in_words(work: Work, seconds: float, visitors: int) -> str:
    """Say how many seconds a kind of work is late, and how many visitors wait."""
    waiting = number(visitors, "visitor waits", "visitors wait")
    if work is Work.READING:
        return f"reading in Chaport is {seconds:.0f} s late, and {waiting} to be read"
    return f"delivering to Deskie is {seconds:.0f} s late, and {waiting} to be shown"
