"""The name of a line's author in a note, so that nobody passes for somebody else (T5, P6).

A visitor can type any name, so a name may not contain the marks by which a note says who is a visitor or a bot.
"""

import re
import unicodedata

from chaport_sync.core.model import Author
from chaport_sync.core.text import one_line

#: A name longer than this is cut, before its mark is set (characters).
LONGEST = 80
#: The mark behind an author's name; an operator's name has none.
_MARKS = {Author.VISITOR: "visitor", Author.BOT: "bot", Author.AUTOMATION: "bot or former operator"}
#: The name of an author without one.
_NAMELESS = {Author.VISITOR: "Visitor", Author.BOT: "Bot", Author.OPERATOR: "Operator"}
#: The marks at the end of a name, one or many, in any kind of brackets (compatible forms are made equal before).
_OWN_MARKS = re.compile(
    r"(?:\s*[(\[{<]\s*(?:visitor|operator|agent|bot|bot or former operator)\s*[)\]}>])+\s*$", re.IGNORECASE
)
#: Signs between the fields of a heading, or between a name and a text, and what looks like them.
_SEPARATORS = re.compile(
    "[:\u02d0\u05c3\ua789\u2236\ufe55\uff1a·\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65]"
)
#: Characters that look blank.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0000-\U000e0fff]")


def signature(author: Author, name: str) -> str:
    """Return an author's name as a note shows it, with a mark behind it unless it is an operator's."""
    bare = without_marks(one_line(name, 2 * LONGEST))
    shown = one_line(visitors_own(bare) if author is Author.VISITOR else bare, LONGEST)
    if not shown:
        return _NAMELESS.get(author, "Chaport")
    return f"{shown} ({_MARKS[author]})" if author in _MARKS else shown


def without_marks(name: str) -> str:
    """Return a name without marks at its end, in any letters and brackets; only the daemon sets marks."""
    plain = unicodedata.normalize("NFKC", _BLANK.sub(" ", name))
    return plain[: found.start()] if (found := _OWN_MARKS.search(plain)) else name


def visitors_own(text: str) -> str:
    """Return what a visitor typed without brackets and separators, because they have a meaning in a note."""
    spaced = _SEPARATORS.sub(" ", _BLANK.sub(" ", text))
    plain = (" " if unicodedata.category(sign) in ("Ps", "Pe") else sign for sign in spaced)
    return " ".join("".join(plain).split())
