"""Notice another daemon on the same accounts by notes that this one did not write."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from chaport_sync.core.ledger import Line, LineState
from chaport_sync.core.model import Message
from chaport_sync.core.text import compared_lines
from chaport_sync.core.transcripts.delivery_text import code, referred

#: What an administrator is told.
HINT = "another chaport-sync works on the same accounts; stop one of the two, or lines are shown twice"


@dataclass(frozen=True, slots=True)
class Sighting:
    """When (Unix seconds) and in which case this run noticed another daemon; `case_id` is empty if there was none."""

    at: float = 0.0
    case_id: str = ""


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
    shown = {code(chat, line.key) for chat, line in lines if _is_sure(line)} if told else set()
    return any(each in shown and each not in doubtful for each in told)


def _is_sure(line: Line) -> bool:
    return bool(line.message_id) if line.state is LineState.DONE else line.state is not LineState.SENDING
