"""What a case shows already of lines whose delivery nobody remembers (P1)."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from chaport_sync.core.authors import Author
from chaport_sync.core.delivery import Line, LineState
from chaport_sync.core.model import Message
from chaport_sync.core.plaintext import compared, compared_lines
from chaport_sync.core.replies import readable
from chaport_sync.core.transcript import LATE

#: A message cannot show an event that came later; both servers' clocks may differ by this much (seconds).
CLOCK_SKEW = 300.0
#: An agent's answer stands in the case before it reaches the visitor: by `replies.max_age`, as that is by default.
LATEST_ANSWER = 3600.0


@dataclass(frozen=True, slots=True)
class Shown:
    """The message that shows a line, and how many of its rows are accounted for up to the end of that line."""

    message: Message
    rows: int


class Form(Enum):
    """What a message of a case is: a note, the customer's words, or an agent's."""

    NOTE = auto()
    CUSTOMERS = auto()
    AGENTS = auto()


class Way(Enum):
    """How a line may stand in a case, the surest first: a note tells time and name, a message neither (T5).

    An operator's words may be what an agent answered in this very case (R2).
    """

    NOTE = auto()
    MESSAGE = auto()
    ANSWER = auto()
    RENAMED_NOTE = auto()

    @property
    def form(self) -> Form:
        """What the message must be."""
        return {Way.MESSAGE: Form.CUSTOMERS, Way.ANSWER: Form.AGENTS}.get(self, Form.NOTE)

    def fits(self, line: Line) -> bool:
        """Tell whether a line of this author may stand so."""
        return self.form is Form.NOTE or line.author is (Author.VISITOR if self is Way.MESSAGE else Author.OPERATOR)


def reaches_back_to(expected: Sequence[Line]) -> float:
    """Give the time before which no message can show any of the lines (Unix seconds)."""
    return min(line.at for line in expected) - CLOCK_SKEW


def displayed(
    expected: Sequence[Line],
    messages: Sequence[Message],
    stamps: Sequence[str],
    own_staff_id: str,
    accounted: Mapping[str, int],
) -> dict[tuple[str, int], Shown]:
    """Find which of the expected lines stand in a case already, in order, and where (P1).

    Args:
        expected: Lines not known to be displayed, in order.
        messages: What stands in the case, oldest first.
        stamps: The time of each expected line as notes show it.
        own_staff_id: The id under which our notes appear; empty while it is not known.
        accounted: By message id, how many of its rows are known to show other lines.
    """
    candidates = [
        _Candidate(each, form, compared_lines(readable(each)), accounted.get(each.id, 0))
        for each in messages
        if (form := _form(each, own_staff_id)) is not None
    ]
    # Order holds within each form only: the visitor's first words stand before the notes on what was said earlier (T3).
    reached = dict.fromkeys(Form, 0)
    found: dict[tuple[str, int], Shown] = {}
    taken: set[tuple[int, int]] = set()
    for line, time in zip(expected, stamps, strict=True):
        for way in Way:
            place = _find(line, time, candidates, reached[way.form], way, taken) if way.fits(line) else None
            if place is not None and (way.form is Form.NOTE or _stands_once(line, candidates, way.form)):
                reached[way.form] = place[0]
            elif place is None and way is Way.NOTE:
                # What was shown late stands behind what came after it; the time tells it all the same.
                place = _find(line, time, candidates, 0, way, taken)
            if place is not None:
                index, rows = place
                found[line.key] = Shown(candidates[index].message, rows)
                taken.add(place)
                if way.form is not Form.NOTE:
                    candidates[index] = replace(candidates[index], accounted=rows)
                break
    return found


def openings(messages: Sequence[Message], opened: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    """Give the ids of the words with which cases were opened: at each moment the first message of that customer.

    Two customers' cases may have been opened in one second, or one while the other wrote, and merged since. Where no
    message is that customer's any more, it is the first one of that moment.
    """
    theirs = [message for message in messages if not message.note and message.user_id and not message.staff_id]
    found: dict[str, None] = {}
    for moment, user_id in opened:
        then = [message for message in theirs if _is_of(message, moment)]
        first = [message.id for message in then if message.user_id == user_id] or [message.id for message in then]
        found |= dict.fromkeys(first[:1])
    return tuple(found)


def _is_of(message: Message, moment: float) -> bool:
    return message.created_at is not None and moment - 1 <= message.created_at <= moment + 2


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A message that may be ours, its rows as they are compared, and how many of them show other lines."""

    message: Message
    form: Form
    rows: list[str]
    accounted: int


def _form(message: Message, own_staff_id: str) -> Form | None:
    """Give what a message is, or None if it can show none of our lines."""
    if message.note:
        ours = not (own_staff_id and message.staff_id) or message.staff_id == own_staff_id
        return Form.NOTE if ours else None
    if message.staff_id:
        return Form.AGENTS
    return Form.CUSTOMERS if message.user_id else None


def _find(
    line: Line,
    time: str,
    candidates: Sequence[_Candidate],
    reached: int,
    way: Way,
    taken: Container[tuple[int, int]],
) -> tuple[int, int] | None:
    """Give the candidate and the row behind a line that stands there in this way, from the one reached on."""
    wanted = compared_lines(line.text)
    for index, candidate in enumerate(candidates):
        message = candidate.message
        if candidate.form is not way.form or index < reached:
            continue
        if not _is_of_its_time(message, line, way):
            continue
        for row in _rows_to_look_at(line, candidate, way):
            first, *rest = candidate.rows[row : row + len(wanted)]
            place = index, row + len(wanted)
            if rest == wanted[1:] and place not in taken and _opens(first, wanted[0], line.name, time, way):
                return place
    return None


def _stands_once(line: Line, candidates: Sequence[_Candidate], form: Form) -> bool:
    """Tell whether words without a time show how far their chat has come: another chat may have said the same."""
    wanted = compared_lines(line.text)
    places = [
        row
        for candidate in candidates
        if candidate.form is form
        for row in range(len(candidate.rows))
        if candidate.rows[row : row + len(wanted)] == wanted
    ]
    return len(places) <= 1


def _is_of_its_time(message: Message, line: Line, way: Way) -> bool:
    """Tell whether a message can show a line by its time; an answer is sent when it is due, or some time later (R5)."""
    if way is not Way.ANSWER:
        return message.created_at is None or message.created_at >= line.at - CLOCK_SKEW
    at = message.sent_at if message.sent_at is not None else message.created_at
    return at is None or line.at - LATEST_ANSWER - CLOCK_SKEW <= at <= line.at + CLOCK_SKEW


def _rows_to_look_at(line: Line, candidate: _Candidate, way: Way) -> Iterator[int]:
    """Give the rows at which a line may begin.

    What stands in the customer's name tells no time: it is taken for the line's only where all before it is accounted
    for, or a visitor who says the same in two chats of a case would be misread; unless the line was surely sent.
    """
    start = candidate.accounted
    if way is Way.MESSAGE and start == 0 and candidate.rows and candidate.rows[0].startswith(compared(LATE)):
        start = 1
    only_there = way.form is not Form.NOTE and line.state is not LineState.SENDING
    yield from range(start, min(start + 1, len(candidate.rows)) if only_there else len(candidate.rows))


def _opens(first: str, wanted: str, name: str, time: str, way: Way) -> bool:
    """Compare a line's first row; in a note it stands after the time, the name, which may change, and a colon."""
    match way:
        case Way.MESSAGE | Way.ANSWER:
            return first == wanted
        case Way.NOTE:
            return first == compared(f"{time} {name}: ") + wanted
        case Way.RENAMED_NOTE:
            return first.startswith(compared(time)) and first.endswith(f":{wanted}")
