"""Reads single values of the services' JSON; it tolerates everything that does not change the meaning.

Ids come as strings or numbers. Fields are missing or unknown. Dates have wrong weekdays or are `"-"`. An empty list has
four shapes. None of this is an error; only an answer of which nothing can be understood is one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

#: The latest time that is believed (the year 2100, in Unix seconds); a larger number is in milliseconds.
_LATEST = 4102444800.0
#: A longer text is no date; nothing longer is kept.
_LONGEST_DATE = 100
_WHOLE = re.compile(r"\s*-?\d{1,18}\s*", re.ASCII)
_WEEKDAY = re.compile(r"^\s*\w+,\s*")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
_KEY = re.compile(r"\d{1,9}", re.ASCII)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for any other value."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> Sequence[Any]:
    """Return a JSON array; an empty one for any other value."""
    return value if isinstance(value, list) else ()


def text(row: Mapping[str, Any], *keys: str) -> str:
    """Return the first text among these fields, else ""; a number counts, as PHP turns digits into numbers."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value:
            return value
    return ""


def ident(value: Any) -> str:
    """Return an id as a string; "" for 0, null and any value that is no id."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    found = str(value).strip()
    return "" if found in ("0", "-") else found


def whole(value: Any) -> int | None:
    """Return a whole number, also from a string; None for any other value."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def truth(value: Any, *, default: bool = False) -> bool:
    """Return a yes or no, also from a number or a word; `default` for any other value."""
    if isinstance(value, bool | int | float):
        return bool(value)
    if isinstance(value, str):
        return value.strip().lower() in ("true", "1", "yes")
    return default


def moment(value: Any) -> float | None:
    """Return a time in Unix seconds from ISO 8601, RFC 2822 (with any weekday), seconds or milliseconds; or None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if _LATEST < value <= _LATEST * 1000 else value
        return float(seconds) if 0 < seconds <= _LATEST else None
    return _moment_of(value) if isinstance(value, str) and len(value) <= _LONGEST_DATE else None


def object_id_moment(value: str) -> float | None:
    """Return the creation time (Unix seconds) in the first eight digits of a MongoDB ObjectId, or None (U7)."""
    return moment(int(value[:8], 16)) if _OBJECT_ID.fullmatch(value) else None


def members(answer: Any) -> Sequence[Any]:
    """Return the members of a Deskie list in their order, in any of its shapes (Deskie reference, 1.3)."""
    if isinstance(answer, dict):
        return [answer[key] for key in sorted(filter(_KEY.fullmatch, answer), key=int)]
    return items(answer)


def rows(answer: Any, wrapper: str) -> Iterator[Mapping[str, Any]]:
    """Return the entities of a Deskie list; each member holds one under the name `wrapper`."""
    for member in members(answer):
        entity = mapping(member).get(wrapper)
        if isinstance(entity, dict):
            yield entity


def total(answer: Any) -> int | None:
    """Return how many entities a Deskie list has on all pages, None if it does not say so."""
    found = mapping(answer)
    return whole(found.get("total_count", found.get("count")))


#: Each poll reads the same rows again.
@lru_cache(maxsize=1000)
def _moment_of(value: str) -> float | None:
    number = whole(value)
    if number is not None:
        return moment(number)
    try:
        parsed = _date(value)
        seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return seconds if 0 < seconds <= _LATEST else None


def _date(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        return parsedate_to_datetime(_WEEKDAY.sub("", value))
