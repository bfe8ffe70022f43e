"""The ledger: what became of each line and each reply (P1, P3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate
from typing import TypeVar

from chaport_sync.core.model import Author, Kind

#: After a request without an answer the daemon waits so many seconds before it reads back what happened (P1).
UNCLEAR_PAUSE = 15.0
#: A line that Deskie rejects is tried so often. Then it is parked, and tried again after so many seconds (P3).
TRIES, PARKED_PAUSE = 5, 86400.0

#: More rows than any message has: all rows of the message show lines that are known.
ALL_ROWS = 1_000_000


class Form(StrEnum):
    """How a line stands in a case: as the customer's message, or as a note for agents (T5)."""

    CUSTOMER = "customer"
    NOTE = "note"


class LineState(StrEnum):
    """What became of a line or a reply. `SENDING` is recorded before a request; its answer or a read-back ends it."""

    NEW = "new"
    SENDING = "sending"
    DONE = "done"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Line:
    """One event to display, or a part of a long one; (`event_id`, `part`) is its key within its chat.

    `seq` is its place in the chat. `not_before` is when the case may be read back after an unclear request, or when a
    parked line is tried again (Unix seconds). `message_id` is the message or note that shows the line, empty if Deskie
    did not tell it; `message_rows` is how many rows of that message, up to the end of this line, show known lines.
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
        """The key of the line within its chat."""
        return (self.event_id, self.part)

    @property
    def is_customers(self) -> bool:
        """Whether these are the visitor's own words, which may open a case and be the customer's message (T3, T5)."""
        return self.author is Author.VISITOR and self.kind is Kind.WORDS


@dataclass(frozen=True, slots=True)
class Reply:
    """A part of an agent's answer on its way to the visitor (R2); (`message_id`, `part`) is its key.

    The agent `staff_id` wrote it in the case `case_id` at `at` (Unix seconds). It is sent as operator `operator_id`.
    `digest` shows whether the agent has changed the message since. `looks` is how often the chat was read back since
    the part was sent, and `event_id` the event that shows it, empty if Chaport did not tell it.
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
        """The key of the part among all replies."""
        return (self.message_id, self.part)


#: An entry of the ledger. Lines go to Deskie, replies to Chaport; both have the same states (P1, R2).
Entry = TypeVar("Entry", Line, Reply)


def with_earliest(entries: Sequence[Entry]) -> Iterator[tuple[Entry, float]]:
    """Return each entry with the earliest time among itself and all later entries.

    A message that is too early for this time fits neither this entry nor a later one.
    """
    earliest = list(accumulate((entry.at for entry in reversed(entries)), min))[::-1]
    return zip(entries, earliest, strict=True)


def sending(entries: Sequence[Entry], now: float) -> tuple[Entry, ...]:
    """Return the entries as they are recorded before their request is sent."""
    return tuple(replace(entry, state=LineState.SENDING, not_before=now + UNCLEAR_PAUSE) for entry in entries)


def done(lines: Sequence[Line], message_id: str = "", rows: int = 0) -> tuple[Line, ...]:
    """Return the lines as displayed, in which message and up to which row. Their text is not kept."""
    return tuple(
        replace(line, state=LineState.DONE, text="", error="", message_id=message_id, message_rows=rows)
        for line in lines
    )


def unclear(entries: Sequence[Entry], now: float, error: str, *, answered: bool) -> tuple[Entry, ...]:
    """Return the entries after a request with an unclear outcome; after an answer such as 500 there is no wait (P1)."""
    not_before = now if answered else now + UNCLEAR_PAUSE
    return tuple(replace(entry, not_before=not_before, error=error) for entry in entries)


def not_sent(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries as new again, because their request certainly had no effect."""
    return tuple(replace(entry, state=LineState.NEW, not_before=0.0) for entry in entries)


def rejected(entries: Sequence[Entry], error: str, now: float) -> tuple[Entry, ...]:
    """Count a rejection of each entry; after the fifth the entry is parked (P3).

    Lines that were rejected together are sent one by one from then on, so that one bad event holds up no other.
    """
    result = []
    for entry in entries:
        count = entry.rejections + 1
        if count >= TRIES:
            result.append(parked(replace(entry, rejections=count), error, now))
        else:
            result.append(replace(entry, state=LineState.NEW, rejections=count, error=error, not_before=0.0))
    return tuple(result)


def parked(entry: Entry, error: str, now: float) -> Entry:
    """Park an entry until tomorrow, or until an administrator asks for it."""
    return replace(entry, state=LineState.PARKED, error=error, not_before=now + PARKED_PAUSE)
