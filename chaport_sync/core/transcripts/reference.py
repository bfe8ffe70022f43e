"""The reference, the last row of each note: it names the lines that the note shows, to find them again (T5, P1)."""

import re
from collections.abc import Sequence
from hashlib import sha256

from chaport_sync.core.ledger import Line
from chaport_sync.core.text import one_line

#: Digits of a code.
_DIGITS = 8
#: The codes at the end of a row that was normalised for comparison and so has no white space.
_REFERENCE = re.compile(rf"·((?:[0-9a-f]{{{_DIGITS}}})+)$")
#: What each line adds to the row: a space and its code (characters).
CODE_LENGTH = 1 + _DIGITS


def code(chat: tuple[str, str], key: tuple[str, int]) -> str:
    """Return the code of a line: eight digits that are derived from ids only, which never change.

    No time zone, name or text is in it, so nobody can read from it what the line says (P6).
    """
    event_id, part = key
    return sha256("\0".join((*chat, event_id, str(part))).encode(errors="replace")).hexdigest()[:_DIGITS]


def reference(chat: tuple[str, str], lines: Sequence[Line]) -> str:
    """Return the row that ends a note: the number of its chat, and the code of each of its lines.

    The codes of the first and the last line are not enough. The visitor's words between a bot's greeting and its answer
    may stand in a message of their own.
    """
    return " ".join([f"chat {one_line(chat[1], 40)} ·", *(code(chat, line.key) for line in lines)])


def referred(row: str) -> list[str]:
    """Return the codes in a note's last row (normalised for comparison), none if the row is no reference."""
    found = _REFERENCE.search(row)
    return re.findall(f".{{{_DIGITS}}}", found[1]) if found else []
