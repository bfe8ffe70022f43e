"""The last row of each note: by it the note is recognised later, whatever else stands in it (T5, P1)."""

import re
from collections.abc import Sequence
from hashlib import sha256

from chaport_sync.core.ledger import Line
from chaport_sync.core.text import one_line

#: Digits of a code.
_DIGITS = 8
#: In the row as it is compared, without white space.
_REFERENCE = re.compile(rf"·((?:[0-9a-f]{{{_DIGITS}}})+)$")
#: What each line adds to the row: a space and its code (characters).
CODE_LENGTH = 1 + _DIGITS


def code(chat: tuple[str, str], key: tuple[str, int]) -> str:
    """Return what tells a line, by its key, from all others: eight digits, derived from nothing that can change.

    Neither the time zone nor a name is in it, and no text: it says nothing to who cannot read the chat (P6).
    """
    event_id, part = key
    return sha256("\0".join((*chat, event_id, str(part))).encode(errors="replace")).hexdigest()[:_DIGITS]


def reference(chat: tuple[str, str], lines: Sequence[Line]) -> str:
    """Return the row that ends a note: the number of its chat, and the code of each of its lines.

    The first and the last would be shorter, and not enough: between a bot's greeting and its answer stand the words of
    the visitor, and these may be a message of their own.
    """
    return " ".join([f"chat {one_line(chat[1], 40)} ·", *(code(chat, line.key) for line in lines)])


def referred(row: str) -> list[str]:
    """Return the codes of the lines that a note shows, by its last row as compared; none if it is no reference."""
    found = _REFERENCE.search(row)
    return re.findall(f".{{{_DIGITS}}}", found[1]) if found else []
