"""The ledger: what became of each line (P1, P3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import TypeVar

from chaport_sync.core.model import Author, Kind

#: An outcome without an answer is looked into at the earliest so many seconds later (P1).
UNCLEAR_PAUSE = 15.0
#: A line that Deskie rejects is tried so often, then parked, and tried again so much later (P3).
TRIES, PARKED_PAUSE = 5, 86400.0

#: Stands for every row of a message that was sent and answered: nothing else is in it.
ALL_ROWS = 1_000_000


class Form(StrEnum):
    """How a line stands in a case: in the customer's own name, or as an internal note (T5)."""

    CUSTOMER = "customer"
    NOTE = "note"


class LineState(StrEnum):
    """What became of a line. `SENDING` is recorded before a request; only its answer or a read-back ends it."""

    NEW = "new"
    SENDING = "sending"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Line:
    """One event to display, or a part of a long one; (`event_id`, `part`) is its key within its chat.

    `seq` is its place in the chat. `not_before` is when an unclear outcome may be looked into, or when a parked line
    is tried again (Unix seconds). `message_id` is the message or note that displays it, as far as Deskie told, and
    `message_rows` how many rows of that are accounted for up to its end.
    """

    event_id: str
    part: int
    author: Author
    name: str
    at: float
    text: str
    seq: int = 0
    state: LineState = LineState.NEW
    rejections: int = 0
    not_before: float = 0.0
    error: str = ""
    message_id: str = ""
    message_rows: int = 0
    kind: Kind = Kind.WORDS

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the line within its chat."""
        return (self.event_id, self.part)

    @property
    def is_customers(self) -> bool:
        """Whether these are the visitor's own words: they may open a case and stand in the customer's name (T3, T5)."""
        return self.author is Author.VISITOR and self.kind is Kind.WORDS


@dataclass(frozen=True, slots=True)
class Reply:
    """A part of an agent's answer on its way to the visitor (R2); (`message_id`, `part`) is its key.

    `case_id` and `staff_id` say where and by whom it was written, at `at`; it is sent as `operator_id`. `digest` tells
    whether the message was changed since. `looks` is how often the chat was read back since it was sent, and `event_id`
    the event that shows it, as far as Chaport told.
    """

    message_id: str
    part: int
    visitor_id: str
    case_id: str
    staff_id: str
    operator_id: str
    at: float
    text: str
    digest: str = ""
    seq: int = 0
    state: LineState = LineState.NEW
    rejections: int = 0
    not_before: float = 0.0
    error: str = ""
    looks: int = 0
    event_id: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the part."""
        return (self.message_id, self.part)


#: What the ledger keeps: lines go to Deskie, replies to Chaport, and what may become of them is the same (P1, R2).
Entry = TypeVar("Entry", Line, Reply)


def with_earliest(entries: Sequence[Entry]) -> Iterator[tuple[Entry, float]]:
    """Return each entry with the earliest time of it and of all that follow: what is too early for that fits none."""
    earliest = list(accumulate((entry.at for entry in reversed(entries)), min))[::-1]
    return zip(entries, earliest, strict=True)


def sending(lines: Sequence[Entry], now: float) -> tuple[Entry, ...]:
    """Return the lines as they are recorded before their request is sent."""
    return tuple(replace(line, state=LineState.SENDING, not_before=now + UNCLEAR_PAUSE) for line in lines)


def done(lines: Sequence[Line], message_id: str = "", rows: int = 0) -> tuple[Line, ...]:
    """Return the lines as displayed, where and up to which row. Their text is needed no more and not kept."""
    return tuple(
        replace(line, state=LineState.DONE, text="", error="", message_id=message_id, message_rows=rows)
        for line in lines
    )


def unclear(lines: Sequence[Entry], now: float, error: str, *, answered: bool) -> tuple[Entry, ...]:
    """Return the lines after a request with an unclear outcome; an answer such as 500 needs no waiting (P1)."""
    not_before = now if answered else now + UNCLEAR_PAUSE
    return tuple(replace(line, not_before=not_before, error=error) for line in lines)


def not_sent(lines: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the lines whose request certainly had no effect."""
    return tuple(replace(line, state=LineState.NEW, not_before=0.0) for line in lines)


def rejected(lines: Sequence[Entry], error: str, now: float) -> tuple[Entry, ...]:
    """Count a rejection of each line; after the fifth the line is parked (P3).

    Lines that were rejected together are tried alone from then on, so that one bad event does not take others along.
    """
    result = []
    for line in lines:
        count = line.rejections + 1
        if count >= TRIES:
            result.append(parked(replace(line, rejections=count), error, now))
        else:
            result.append(replace(line, state=LineState.NEW, rejections=count, error=error, not_before=0.0))
    return tuple(result)


def parked(line: Entry, error: str, now: float) -> Entry:
    """Set a line aside until tomorrow, or until an administrator asks for it."""
    return replace(line, state=LineState.PARKED, error=error, not_before=now + PARKED_PAUSE)
