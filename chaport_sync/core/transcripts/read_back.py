"""Find what a case shows that is not recorded: lines of its chats (P1), and notes of another daemon."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chaport_sync.core.languages.any_language import rows_of
from chaport_sync.core.ledger import ALL_ROWS, Line, LineState
from chaport_sync.core.model import Author, Kind, Message
from chaport_sync.core.skew import CLOCK_SKEW
from chaport_sync.core.text import compared_lines, readable
from chaport_sync.core.transcripts.delivery_text import code, referred
from chaport_sync.core.transcripts.same_words import AGENTS, CUSTOMERS, Candidate, said

#: What an administrator is told of another daemon.
HINT = "another chaport-sync works on the same accounts; stop one of the two, or lines are shown twice"


@dataclass(frozen=True, slots=True)
class Shown:
    """The message that shows a line, and how many of its rows, up to the end of that line, show known lines."""

    message: Message
    rows: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """When (Unix seconds) and in which case this run noticed another daemon; `case_id` is empty if there was none."""

    at: float = 0.0
    case_id: str = ""


def reaches_back_to(expected: Sequence[Line]) -> float:
    """Return the earliest time of a message that can show one of the lines (Unix seconds)."""
    return min(line.at for line in expected) - CLOCK_SKEW


def displayed(
    expected: Sequence[Line],
    chat: tuple[str, str],
    messages: Sequence[Message],
    own_staff_id: str,
    accounted: Mapping[str, int],
) -> dict[tuple[str, int], Shown]:
    """Return the expected lines that stand in a case already, by their keys, and where (P1).

    The reference of a note names the lines that it shows. A message of the customer or of an agent is found by its
    words; an operator's line may be an answer that an agent wrote in this case (R2).

    Args:
        expected: Lines of one chat that are not known to be displayed, in order.
        chat: The key of that chat.
        messages: The messages and notes of the case, oldest first.
        own_staff_id: The daemon's own agent, who writes its notes; empty while it is not known.
        accounted: By message id, how many of its first rows are known to show other lines.
    """
    found = _in_notes(expected, chat, messages, own_staff_id)

    def candidates(*, agents: bool) -> list[Candidate]:
        return [
            Candidate(
                each,
                each.sent_at if agents and each.sent_at is not None else each.created_at,
                rows_of(readable(each)),
                accounted.get(each.id, 0),
            )
            for each in messages
            if not each.note and (each.user_id or each.staff_id) and bool(each.staff_id) is agents
        ]

    missing = [line for line in expected if line.key not in found]
    for author, window in ((Author.VISITOR, CUSTOMERS), (Author.OPERATOR, AGENTS)):
        lines = [line for line in missing if line.author is author and line.kind is Kind.WORDS]
        if lines:
            for line, message, rows in said(lines, candidates(agents=window is AGENTS), window):
                found[line.key] = Shown(message, rows)
    return found


def _in_notes(
    expected: Sequence[Line], chat: tuple[str, str], messages: Sequence[Message], own_staff_id: str
) -> dict[tuple[str, int], Shown]:
    """Return the expected lines that notes of the daemon name, by their keys."""
    keys = {code(chat, line.key): line.key for line in expected}
    found: dict[tuple[str, int], Shown] = {}
    for message in messages:
        ours = message.note and message.staff_id in ("", own_staff_id or message.staff_id)
        rows = compared_lines(message.text) if ours else []
        told = referred(rows[-1]) if rows else []
        found |= {keys[each]: Shown(message, ALL_ROWS) for each in told if each in keys}
    return found


def openings(messages: Sequence[Message], opened: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    """Return the ids of the messages that opened cases: at each moment of `opened`, the first message of its user.

    Two users' cases may have been opened in the same second and merged later, so the user must be compared. If no
    message has that user any more, the first message of the moment is taken.
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


def notes_since(messages: Iterable[Message], first_id: str, own_staff_id: str) -> Iterator[Message]:
    """Return the notes of our own agent that were written after a message of this run, whose id is `first_id`.

    Deskie numbers messages in the order of writing, so no clock is needed. Ids that are no numbers are left out.
    """
    for message in messages:
        numbered = message.id.isdecimal() and first_id.isdecimal()
        if numbered and message.note and message.staff_id == own_staff_id and int(message.id) > int(first_id):
            yield message


def is_anothers(note: Message, lines: Iterable[tuple[tuple[str, str], Line]], doubtful: Container[str]) -> bool:
    """Return whether a note that the ledger does not know shows a line that this daemon surely did not put there.

    Args:
        note: A note of our own agent.
        lines: The lines of the case's chats, each with the key of its chat.
        doubtful: The codes of lines with an unclear request in this run; that request may have written the note.
    """
    rows = compared_lines(note.text)
    told = set(referred(rows[-1]) if rows else ())
    shown = {code(chat, line.key) for chat, line in lines if _is_sure(line)}
    return any(each in shown and each not in doubtful for each in told)


def _is_sure(line: Line) -> bool:
    return bool(line.message_id) if line.state is LineState.DONE else line.state is not LineState.SENDING
