"""The last row of each note: by it the note is recognised later, whatever else stands in it (T5, P1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from chaport_sync.core.delivery import Line
from chaport_sync.core.plaintext import one_line

#: In the row as it is compared, without white space.
_REFERENCE = re.compile(r"·([0-9a-f]{8})(?:-([0-9a-f]{8})·([0-9]{1,6}))?$")


@dataclass(frozen=True, slots=True)
class Referred:
    """The codes of the first and the last line that a note shows, and how many it shows."""

    first: str
    last: str
    lines: int


def code(chat: tuple[str, str], key: tuple[str, int]) -> str:
    """Give what tells a line, by its key, from all others: eight digits, derived from nothing that can change.

    Neither the time zone nor a name is in it, and no text: it says nothing to who cannot read the chat (P6).
    """
    event_id, part = key
    return sha256("\0".join((*chat, event_id, str(part))).encode(errors="replace")).hexdigest()[:8]


def reference(chat: tuple[str, str], lines: Sequence[Line]) -> str:
    """Give the row that ends a note: the number of its chat, the codes of its first and last line, and their number."""
    first, last = code(chat, lines[0].key), code(chat, lines[-1].key)
    more = f"-{last} · {len(lines)}" if len(lines) > 1 else ""
    return f"chat {one_line(chat[1], 40)} · {first}{more}"


def referred(row: str) -> Referred | None:
    """Give what a note shows, by its last row as it is compared; None if the row is no reference."""
    found = _REFERENCE.search(row)
    return Referred(found[1], found[2] or found[1], int(found[3] or 1)) if found else None
