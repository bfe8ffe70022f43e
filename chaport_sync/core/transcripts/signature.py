"""How the author of a line is called in a note, so that nobody passes for somebody else (T5, P6).

Operators choose their names with care, visitors type theirs: what a note says by its own marks, no name says.
"""

import re
import unicodedata

from chaport_sync.core.model import Author
from chaport_sync.core.text import one_line

#: A name longer than this is cut, before its mark is set (characters).
LONGEST = 80
#: What an author is, said behind the name; an operator's name stands alone.
_MARKS = {Author.VISITOR: "visitor", Author.BOT: "bot", Author.AUTOMATION: "bot or former operator"}
#: Who has no name.
_NAMELESS = {Author.VISITOR: "Visitor", Author.BOT: "Bot", Author.OPERATOR: "Operator"}
#: The marks at the end of a name, one or many, in any kind of brackets (compatible forms are made equal before).
_OWN_MARKS = re.compile(
    r"(?:\s*[(\[{<]\s*(?:visitor|operator|agent|bot|bot or former operator)\s*[)\]}>])+\s*$", re.IGNORECASE
)
#: Signs between the fields of a heading, or between a name and a text, and what looks like them.
_SEPARATORS = re.compile(
    "[:\u02d0\u05c3\ua789\u2236\ufe55\uff1a·\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65]"
)
#: Letters that show nothing.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0000-\U000e0fff]")


def signature(author: Author, name: str) -> str:
    """Return the name of an author as a note shows it: what it is stands last, unless it is an operator."""
    bare = without_marks(one_line(name, 2 * LONGEST))
    shown = one_line(visitors_own(bare) if author is Author.VISITOR else bare, LONGEST)
    if not shown:
        return _NAMELESS.get(author, "Chaport")
    return f"{shown} ({_MARKS[author]})" if author in _MARKS else shown


def without_marks(name: str) -> str:
    """Take off the marks that a name ends with, in whatever letters and brackets: they are ours to set."""
    plain = unicodedata.normalize("NFKC", _BLANK.sub(" ", name))
    return plain[: found.start()] if (found := _OWN_MARKS.search(plain)) else name


def visitors_own(text: str) -> str:
    """Take out of what a visitor typed what a note says something by: brackets and separators."""
    spaced = _SEPARATORS.sub(" ", _BLANK.sub(" ", text))
    plain = (" " if unicodedata.category(sign) in ("Ps", "Pe") else sign for sign in spaced)
    return " ".join("".join(plain).split())
