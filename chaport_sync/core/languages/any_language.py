"""All languages, and what is recognised in each: a case may have been written in another one than now (P1, P6)."""

import re
from collections.abc import Mapping

from chaport_sync.core.languages.english import ENGLISH
from chaport_sync.core.languages.language import Language
from chaport_sync.core.languages.russian import RUSSIAN
from chaport_sync.core.languages.turkish import TURKISH
from chaport_sync.core.text import compared, compared_lines

#: By the word of `[cases] language`.
LANGUAGES: Mapping[str, Language] = {"en": ENGLISH, "ru": RUSSIAN, "tr": TURKISH}
#: All marks, and all words that would pass for one: a visitor can type any of them.
MARKS = frozenset(
    mark for each in LANGUAGES.values() for mark in (each.as_visitor, each.as_bot, each.as_either, *each.like_marks)
)
#: A time, as a heading shows it, without white space.
_TIME = r"\d{4}-\d\d-\d{4}:\d\d:\d\d"
_LATE = re.compile(
    "|".join(re.escape(compared(each.late)).replace(re.escape("{time}"), _TIME) for each in LANGUAGES.values())
)
_FILE = re.compile(rf"\[(?:{'|'.join(re.escape(compared(each.file)) for each in LANGUAGES.values())}):(.+)\]")


def is_late_heading(row: str) -> bool:
    """Return whether a row (normalised for comparison) is the heading of lines that were parked (P3)."""
    return _LATE.fullmatch(row) is not None


def rows_of(text: str) -> tuple[str, ...]:
    """Return the rows of a text, normalised for comparison; a file is the same file in each language."""
    return tuple(f"[{found[1]}]" if (found := _FILE.fullmatch(row)) else row for row in compared_lines(text))
