"""What a case shows already of lines whose delivery nobody remembers (P1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaport_sync.core.authors import Author
from chaport_sync.core.delivery import Line, LineState
from chaport_sync.core.model import Message
from chaport_sync.core.plaintext import compared, compared_lines
from chaport_sync.core.transcript import LATE

#: A message cannot show an event that came later; both servers' clocks may differ by this much (seconds).
CLOCK_SKEW = 300.0

#: A message and a row in it.
Place = tuple[int, int]


def reaches_back_to(expected: Sequence[Line]) -> float:
    """Give the time before which no message can show any of the lines (Unix seconds)."""
    return min(line.at for line in expected) - CLOCK_SKEW


def displayed(
    expected: Sequence[Line], messages: Sequence[Message], stamps: Sequence[str], own_staff_id: str
) -> dict[tuple[str, int], Message]:
    """Find which of the expected lines stand in a case already, in order, and in which message (P1).

    Args:
        expected: Lines not known to be displayed, in order.
        messages: What stands in the case and is not known to display other lines, oldest first.
        stamps: The time of each expected line as notes show it.
        own_staff_id: The id under which our notes appear; empty while it is not known.
    """
    candidates = [_Candidate(each, compared_lines(each.text)) for each in messages if _may_be_ours(each, own_staff_id)]
    while True:
        found = _match(expected, stamps, candidates)
        others = [each for each in candidates if _is_of_another_chat(each, expected, found)]
        if not others:
            return found
        candidates = [each for each in candidates if each not in others]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A message that may be ours, and its rows as they are compared."""

    message: Message
    rows: list[str]


def _may_be_ours(message: Message, own_staff_id: str) -> bool:
    if message.note:
        return not (own_staff_id and message.staff_id) or message.staff_id == own_staff_id
    return bool(message.user_id) and not message.staff_id


def _is_of_another_chat(
    candidate: _Candidate, expected: Sequence[Line], found: Mapping[tuple[str, int], Message]
) -> bool:
    """Tell whether a customer's message shows more than the lines found in it, none of which was surely sent.

    What we write in the customer's name has neither time nor author: a visitor who says "ok" in two chats of a case is
    told apart by what else the message says.
    """
    if candidate.message.note:
        return False
    inside = [line for line in expected if found.get(line.key) is candidate.message]
    if not inside or any(line.state is LineState.SENDING for line in inside):
        return False
    more = len(candidate.rows) - sum(len(compared_lines(line.text)) for line in inside)
    return more > (1 if candidate.rows[0].startswith(compared(LATE)) else 0)


def _match(
    expected: Sequence[Line], stamps: Sequence[str], candidates: Sequence[_Candidate]
) -> dict[tuple[str, int], Message]:
    # Order holds within each form only: the visitor's first words stand before the notes on what was said earlier (T3).
    reached: dict[bool, Place] = {True: (0, 0), False: (0, 0)}
    found: dict[tuple[str, int], Message] = {}
    for line, time in zip(expected, stamps, strict=True):
        # A note tells the time, so it is believed first.
        for note in (True, False):
            place = _find(line, compared(time), candidates, reached[note], note=note)
            if place is not None:
                found[line.key] = candidates[place[0]].message
                reached[note] = place
                break
    return found


def _find(line: Line, time: str, candidates: Sequence[_Candidate], reached: Place, *, note: bool) -> Place | None:
    """Give the place behind a line in the messages of one form, from the place reached on."""
    if not note and line.author is not Author.VISITOR:
        return None
    wanted = compared_lines(line.text)
    for index, candidate in enumerate(candidates):
        message, rows = candidate.message, candidate.rows
        if message.note is not note or index < reached[0]:
            continue
        if message.created_at is not None and message.created_at < line.at - CLOCK_SKEW:
            continue
        start = reached[1] if index == reached[0] else 0
        for offset in range(start, len(rows) - len(wanted) + 1):
            first, rest = rows[offset], rows[offset + 1 : offset + len(wanted)]
            if _opens(first, wanted[0], time, note=note) and rest == wanted[1:]:
                return index, offset + len(wanted)
    return None


def _opens(first: str, wanted: str, time: str, *, note: bool) -> bool:
    """Compare a line's first row; in a note it stands after the time, a name and a colon, and the name may change."""
    if not note:
        return first == wanted
    return first.startswith(time) and first.endswith(f":{wanted}")
