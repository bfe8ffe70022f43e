"""The text of a delivery: its heading, its lines, each with its author, and the reference that ends a note (T5, P6).

A visitor can type any name, so a name may not contain the marks by which a note says who is a visitor or a bot.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, tzinfo
from hashlib import sha256
from itertools import accumulate, islice, takewhile

from chaport_sync.core.languages.any_language import MARKS
from chaport_sync.core.languages.language import Language, Locale
from chaport_sync.core.ledger import Form, Line
from chaport_sync.core.model import Author
from chaport_sync.core.text import no_mentions, one_line
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.reading import INDENT

#: Deskie documents no limit; a delivery never exceeds this many characters (T5).
DELIVERY_LIMIT = 20_000
#: Digits of a code.
_DIGITS = 8
#: The codes at the end of a row that was normalised for comparison and so has no white space.
_REFERENCE = re.compile(rf"·((?:[0-9a-f]{{{_DIGITS}}})+)$")
#: What each line adds to the row: a space and its code (characters).
_CODE_LENGTH = 1 + _DIGITS
#: A name longer than this is cut, before its mark is set (characters).
_LONGEST = 80
#: The marks at the end of a name, one or many, in any language and in any kind of brackets (compatible forms are made
#: equal before).
_OWN_MARKS = re.compile(
    rf"(?:\s*[(\[{{<]\s*(?:{'|'.join(map(re.escape, sorted(MARKS)))})\s*[)\]}}>])+\s*$", re.IGNORECASE
)
#: Signs between the fields of a heading, or between a name and a text, and what looks like them.
_SEPARATORS = re.compile(
    "[:\u02d0\u05c3\ua789\u2236\ufe55\uff1a·\u0387\u16eb\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65]"
)
#: Characters that look blank.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U000e0000-\U000e0fff]")


def content(form: Form, lines: Sequence[Line], locale: Locale, chat: tuple[str, str], heading: str = "") -> str:
    """Return the text of one delivery; a note ends with its reference (T5)."""
    ending = _ending(form, lines, chat, locale.language)
    return "\n".join([*_above(heading), *(_text(form, line, locale) for line in lines), *ending])


def fitting(
    form: Form, lines: Sequence[Line], locale: Locale, chat: tuple[str, str], heading: str = ""
) -> tuple[Line, ...]:
    """Return as many of the lines as one delivery holds, at least one (T5)."""
    around = [*_above(heading), *_ending(form, [], chat, locale.language)]
    room = DELIVERY_LIMIT - sum(len(row) + 1 for row in around)
    each = 1 + (_CODE_LENGTH if form is Form.NOTE else 0)
    ends = accumulate((len(_text(form, line, locale)) + each for line in lines), initial=-1)
    count = sum(1 for _ in takewhile(lambda end: end <= room, islice(ends, 1, None)))
    return tuple(lines[: max(1, count)])


def _text(form: Form, line: Line, locale: Locale) -> str:
    return line.text if form is Form.CUSTOMER else note_line(line, locale)


def _above(heading: str) -> list[str]:
    return [no_mentions(heading)] if heading else []


def _ending(form: Form, lines: Sequence[Line], chat: tuple[str, str], language: Language) -> list[str]:
    return [reference(chat, lines, language)] if form is Form.NOTE else []


def header(chat: ChatState, case: CaseState, language: Language, *, replies: bool) -> str:
    """Return the heading of a chat's first note (T5)."""
    typed = ", ".join(filter(None, map(visitors_own, (chat.visitor_email, chat.visitor_phone))))
    known = [signature(Author.VISITOR, chat.visitor_name, language)] if chat.visitor_name or typed else []
    known += [language.typed.format(typed=typed)] if typed else []
    parts = [language.heading.format(chat=chat.chat_id), ", ".join(known)]
    parts += [language.page.format(page=chat.page.replace("·", " ")) if chat.page else ""]
    parts += [language.with_bot.format(name=without_marks(chat.bot_name)) if chat.bot_name else ""]
    lines = [" · ".join(part for part in parts if part)]
    if case.own:
        lines.append(language.answers_go if replies else language.answers_stay)
    return "\n".join(lines)


def late_heading(lines: Sequence[Line], locale: Locale) -> str:
    """Return the heading of lines that were parked, with the time of the first one (P3)."""
    return locale.language.late.format(time=stamp(lines[0].at, locale.zone))


def note_line(line: Line, locale: Locale) -> str:
    """Return a line as it stands in a note: time, author, text."""
    text = f"{stamp(line.at, locale.zone)} {signature(line.author, line.name, locale.language)}: {line.text}"
    return no_mentions(text).replace("\n", "\n" + INDENT)


def stamp(at: float, zone: tzinfo) -> str:
    """Return an event's time as agents read it."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M:%S")


def signature(author: Author, name: str, language: Language) -> str:
    """Return an author's name as a note shows it, with a mark behind it unless it is an operator's."""
    bare = without_marks(one_line(name, 2 * _LONGEST))
    shown = one_line(visitors_own(bare) if author is Author.VISITOR else bare, _LONGEST)
    match author:
        case Author.VISITOR:
            return _marked(shown, language.as_visitor) if shown else language.visitor
        case Author.BOT:
            return _marked(shown, language.as_bot) if shown else language.bot
        case Author.AUTOMATION:
            return _marked(shown or language.unnamed, language.as_either)
        case Author.OPERATOR:
            return shown or language.operator
        case Author.UNKNOWN:
            return shown or "Chaport"


def _marked(name: str, mark: str) -> str:
    return f"{name} ({mark})"


def without_marks(name: str) -> str:
    """Return a name without marks at its end, in any letters and brackets; only the daemon sets marks."""
    plain = unicodedata.normalize("NFKC", _BLANK.sub(" ", name))
    return plain[: found.start()] if (found := _OWN_MARKS.search(plain)) else name


def visitors_own(text: str) -> str:
    """Return what a visitor typed without brackets and separators, because they have a meaning in a note."""
    spaced = _SEPARATORS.sub(" ", _BLANK.sub(" ", text))
    plain = (" " if unicodedata.category(sign) in ("Ps", "Pe") else sign for sign in spaced)
    return " ".join("".join(plain).split())


def code(chat: tuple[str, str], key: tuple[str, int]) -> str:
    """Return the code of a line: eight digits that are derived from ids only, which never change.

    No time zone, name or text is in it, so nobody can read from it what the line says (P6).
    """
    event_id, part = key
    return sha256("\0".join((*chat, event_id, str(part))).encode(errors="replace")).hexdigest()[:_DIGITS]


def reference(chat: tuple[str, str], lines: Sequence[Line], language: Language) -> str:
    """Return the row that ends a note: the number of its chat, and the code of each of its lines.

    The codes of the first and the last line are not enough. The visitor's words between a bot's greeting and its answer
    may stand in a message of their own.
    """
    row = language.reference.format(chat=one_line(chat[1], 40))
    return " ".join([row, "·", *(code(chat, line.key) for line in lines)])


def referred(row: str) -> list[str]:
    """Return the codes in a note's last row (normalised for comparison), none if the row is no reference."""
    found = _REFERENCE.search(row)
    return re.findall(f".{{{_DIGITS}}}", found[1]) if found else []
