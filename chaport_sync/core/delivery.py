"""The ledger: what became of each line, and what a case shows of it already (P1, P3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chaport_sync.core.authors import Author
from chaport_sync.core.model import Message
from chaport_sync.core.plaintext import compared, compared_lines

#: An outcome without an answer is looked into at the earliest so many seconds later (P1).
UNCLEAR_PAUSE = 15.0
#: A line that Deskie rejects is tried so often, then parked, and tried again so much later (P3).
TRIES, PARKED_PAUSE = 5, 86400.0
#: A message cannot show an event that came later; both servers' clocks may differ by this much (seconds).
CLOCK_SKEW = 300.0


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
    is tried again (Unix seconds).
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

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the line within its chat."""
        return (self.event_id, self.part)


def sending(lines: Sequence[Line], now: float) -> tuple[Line, ...]:
    """Give the lines as they are recorded before their request is sent."""
    return tuple(replace(line, state=LineState.SENDING, not_before=now + UNCLEAR_PAUSE) for line in lines)


def done(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Give the lines as displayed. Their text is no longer needed, so it is no longer kept."""
    return tuple(replace(line, state=LineState.DONE, text="", error="") for line in lines)


def unclear(lines: Sequence[Line], now: float, *, answered: bool) -> tuple[Line, ...]:
    """Give the lines after a request with an unclear outcome; an answer such as 500 needs no waiting (P1)."""
    return tuple(replace(line, not_before=now if answered else now + UNCLEAR_PAUSE) for line in lines)


def not_sent(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Give the lines whose request certainly had no effect."""
    return tuple(replace(line, state=LineState.NEW, not_before=0.0) for line in lines)


def rejected(lines: Sequence[Line], error: str, now: float) -> tuple[Line, ...]:
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


def parked(line: Line, error: str, now: float) -> Line:
    """Set a line aside until tomorrow, or until an administrator asks for it."""
    return replace(line, state=LineState.PARKED, error=error, not_before=now + PARKED_PAUSE)


@dataclass(frozen=True, slots=True)
class Displayed:
    """What a read-back found: the keys of the lines that stand in the case, those in notes, and in which messages."""

    keys: frozenset[tuple[str, int]] = frozenset()
    in_notes: frozenset[tuple[str, int]] = frozenset()
    messages: tuple[str, ...] = ()

    @property
    def last_message(self) -> str:
        """The newest of those messages, empty if there is none."""
        return self.messages[-1] if self.messages else ""


def displayed(
    expected: Sequence[Line], messages: Sequence[Message], stamps: Sequence[str], own_staff_id: str
) -> Displayed:
    """Find which of the expected lines stand in a case already, in order (P1).

    Args:
        expected: Lines not known to be displayed, in order.
        messages: What stands in the case after the last message known to be ours, oldest first.
        stamps: The time of each expected line as notes show it.
        own_staff_id: The id under which our notes appear; empty while it is not known.
    """
    texts = [(message, compared_lines(message.text)) for message in messages if _may_be_ours(message, own_staff_id)]
    # Order holds within each form only: the visitor's first words stand before the notes on what was said earlier (T3).
    reached = {True: (0, 0), False: (0, 0)}
    found: dict[tuple[str, int], int] = {}
    for line, time in zip(expected, stamps, strict=True):
        place = _find(line, compared(time), texts, reached)
        if place is not None:
            found[line.key] = place[0]
            reached[texts[place[0]][0].note] = place
    return Displayed(
        keys=frozenset(found),
        in_notes=frozenset(key for key, index in found.items() if texts[index][0].note),
        messages=tuple(texts[index][0].id for index in sorted(set(found.values()))),
    )


def _may_be_ours(message: Message, own_staff_id: str) -> bool:
    if message.note:
        return not (own_staff_id and message.staff_id) or message.staff_id == own_staff_id
    return bool(message.user_id) and not message.staff_id


def _find(
    line: Line, time: str, texts: Sequence[tuple[Message, list[str]]], reached: Mapping[bool, tuple[int, int]]
) -> tuple[int, int] | None:
    wanted = compared_lines(line.text)
    for index, (message, lines) in enumerate(texts):
        from_message, from_line = reached[message.note]
        if index < from_message:
            continue
        if message.created_at is not None and message.created_at < line.at - CLOCK_SKEW:
            continue
        if not message.note and line.author is not Author.VISITOR:
            continue
        start = from_line if index == from_message else 0
        for offset in range(start, len(lines) - len(wanted) + 1):
            first, rest = lines[offset], lines[offset + 1 : offset + len(wanted)]
            if _opens(first, wanted[0], time, note=message.note) and rest == wanted[1:]:
                return index, offset + len(wanted)
    return None


def _opens(first: str, wanted: str, time: str, *, note: bool) -> bool:
    """Compare a line's first row; in a note it stands after the time, a name and a colon, and the name may change."""
    if not note:
        return first == wanted
    return first.startswith(time) and first.endswith(f":{wanted}")
