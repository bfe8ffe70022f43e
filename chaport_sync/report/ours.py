"""Takes from the daemon's own records what is harmless, by the names of their fields; a new field is hidden."""

import re
from typing import Any

from chaport_sync.questions.mask import Mask, is_time
from chaport_sync.questions.recorded import kind_of
from chaport_sync.questions.words import is_ours

#: The fields whose values are words of ours, as far as they are words of the trade.
_WITH_WORDS = """
    event level flow flows service state form share status from to treated_as rule found expected last_status
    real_status what author type chaport_status agents_ask running work notice
"""
#: The fields whose numbers count something or are durations.
_WITH_NUMBERS = """
    failures seconds attempt retry_after overrides online operators agents written failed lines chats forgotten
    sweep events late parts sent found count visitors good_seconds_ago failing_seconds grace_seconds lease_seconds
    late_seconds visitors_waiting remembered watched waiting held parked new sending delivered done skipped
    unclear configured deskie chaport believed mirrored
"""
_WORDS, _NUMBERS = frozenset(_WITH_WORDS.split()), frozenset(_WITH_NUMBERS.split())
_RULE, _VERSION = re.compile(r"[A-Z]\d{1,2}", re.ASCII), re.compile(r"\d{1,4}(?:\.\d{1,4}){1,3}", re.ASCII)
_SERVICE = re.compile(r"\A(Deskie|Chaport): (?:(\d{3})\b)?")
_REQUEST = re.compile(r"\((GET|POST|PUT|DELETE) (/[^\s()]*)\)")
_KIND = re.compile(r"\(([A-Z][A-Za-z]{2,40}(?:Error|Timeout))\)")
#: Words of the transport's own about a request without an answer.
_DETAILS = ("no answer in time", "the connection broke", "the answer is no JSON", "the connection was refused")


def harmless(value: Any, mask: Mask, name: str = "") -> Any:
    """Return a record of the daemon's with everything replaced that may be about people; `name` is its field."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if name in _NUMBERS or is_time(name, value) else mask.body(value)
        case str():
            return _text(value, name, mask)
        case list() | tuple():
            return [harmless(each, mask, name) for each in value]
        case dict():
            return {
                key if is_ours(key) else f"key:{mask.identity(key)[5:]}": harmless(each, mask, key)
                for key, each in value.items()
            }
    return mask.identity(str(value))


def error_told(text: str, mask: Mask) -> str:
    """Return of an error what is ours: the service, the HTTP status, the kind of request, the exception's class."""
    service, request, kind = _SERVICE.search(text), _REQUEST.search(text), _KIND.search(text)
    parts = [each for each in (service.groups() if service else ()) if each]
    parts += [each for each in _DETAILS if each in text]
    parts += [f"{request[1]} {kind_of(request[2])}"] if request else []
    parts += [kind[1]] if kind else []
    return ", ".join([*parts, mask.identity(text)])


def _text(value: str, name: str, mask: Mask) -> str:
    if not value or is_time(name, value):
        return value
    if name in _WORDS and (is_ours(value) or value == "no poll yet"):
        return value
    if (name == "rule" and _RULE.fullmatch(value)) or (name == "version" and _VERSION.fullmatch(value)):
        return value
    return error_told(value, mask) if name == "error" else mask.identity(value)
