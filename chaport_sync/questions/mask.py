"""Replaces whatever may be about people, consistently: equal values stay equal, and a value keeps its form.

Nothing is searched for. What is not known to be harmless is replaced, so a field that is new is hidden too.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from chaport_sync.questions.words import is_ours, parts

#: Stands in addresses for each host that is hidden.
NOWHERE = "hidden.example"
#: The fields whose values are words of the services, as far as they are words of the trade.
_WITH_WORDS = """
    type stage status lastStatus realStatus role event channel channel_type priority error code message old_value
    value user_custom_channel scope scopes
"""
WORD_FIELDS = frozenset(_WITH_WORDS.split())
#: The fields with numbers that count something.
COUNTS = frozenset(
    {"total_count", "count", "total", "page", "pages", "limit", "rate_limit_per_minute", "closing_speed"}
)
#: The fields whose keys are chosen by the account or by a visitor.
FREE = frozenset({"custom", "custom_fields", "utm", "extras", "data", "meta"})
_TIMES = frozenset({"at", "time", "timestamp", "date", "seen", "until", "since", "expires", "expiry"})
#: The numbers that identify nothing: the built-in statuses, yes and no.
_SMALL = frozenset({"0", "1", "2", "3"})
#: What is nested deeper is left out.
_DEEPEST = 30
_EARLIEST, _LATEST = 1_262_304_000, 4_102_444_800  # 2010 and 2100, in Unix seconds
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_RFC = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", re.ASCII)
_DIGITS, _HEX, _CHANNEL = (re.compile(each, re.ASCII) for each in (r"-?\d+", r"[0-9a-f]{24}", r"cch(\d+)"))
_EMAIL, _INDEX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), re.compile(r"\d{1,3}", re.ASCII)
_PAGE = re.compile(r"page=\d{1,6}", re.ASCII)


def is_time(name: str, value: Any) -> bool:
    """Return whether a field has the name and the form of a time."""
    if not _TIMES & parts(name):
        return False
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _EARLIEST <= value <= _LATEST or _EARLIEST <= value / 1000 <= _LATEST
    return isinstance(value, str) and bool(_ISO.fullmatch(value) or _RFC.fullmatch(value))


class Mask:
    """Hides values by a key.

    Args:
        key: The secret that makes the replacements; it stays on this host.
        hosts: The hosts of the services, by which links are known to lead to the service itself.
    """

    def __init__(self, key: bytes, hosts: Iterable[str] = ()) -> None:
        self._key = key
        self._hosts = frozenset(hosts)
        self._real: dict[str, str] = {}

    def identity(self, value: str) -> str:
        """Return the replacement of an id, an address or a text, in the same form."""
        found = value.strip()
        if _DIGITS.fullmatch(found):
            hidden = found if found in _SMALL else self._digits(found)
        elif match := _CHANNEL.fullmatch(found):
            hidden = f"cch{self._digits(match[1])}"
        elif _HEX.fullmatch(found):
            hidden = self._hash(found)[:24]
        elif _EMAIL.fullmatch(found):
            hidden = f"{self._hash(found.casefold())[:8]}@{NOWHERE}"
        elif found.startswith(("http://", "https://")):
            hidden = f"https://{NOWHERE}/{self._hash(found)[:8]}"
        else:
            hidden = f"text:{self._hash(found)[:8]}"
        self._real[hidden] = found
        return hidden

    def path(self, path: str) -> str:
        """Return a request's path with the real ids."""

        def real(match: re.Match[str]) -> str:
            found = unquote(match[1])
            return quote(self._real[found], safe="") + match[2] if found in self._real else match[0]

        return re.sub(r"([^/?]+?)((?:\.json)?(?=[/?]|$))", real, path)

    def body(self, value: Any, name: str = "", depth: int = 0) -> Any:
        """Return decoded JSON with everything replaced that may be about people; `name` is the field it stands in."""
        if depth > _DEEPEST:
            return None
        match value:
            case None | bool():
                return value
            case int():
                return value if name in COUNTS or is_time(name, value) else int(self.identity(str(value)))
            case float():
                return value if is_time(name, value) else 0.5
            case str():
                return self._text(value, name)
            case list():
                return [self.body(each, name, depth + 1) for each in value]
            case dict():
                free = name in FREE
                known = {key: "" if free or not is_ours(key) else key for key in value}
                return {
                    self._name(key, free=free): self.body(each, known[key], depth + 1) for key, each in value.items()
                }
        return None

    def _text(self, value: str, name: str) -> str:
        if not value.strip("- ") or value in ("true", "false") or is_time(name, value):
            return value
        if name in WORD_FIELDS and is_ours(value):
            return value
        if name in ("next", "more", "link") and "/" in value:
            return self._link(value)
        return self.identity(value)

    def _name(self, key: str, *, free: bool) -> str:
        if (not free and is_ours(key)) or _INDEX.fullmatch(key):
            return key
        return self._digits(key) if _DIGITS.fullmatch(key) else f"key:{self._hash(key)[:8]}"

    def _link(self, link: str) -> str:
        """Return a link of the service with its ids replaced; of a link to another host nothing stays."""
        try:
            target = urlsplit(link)
        except ValueError:
            return self.identity(link)
        if target.netloc and target.netloc not in self._hosts:
            return f"https://{NOWHERE}/{self._hash(link)[:8]}"
        names = [
            each if is_ours(each) or each in ("", "v1") else self.identity(unquote(each))
            for each in target.path.split("/")
        ]
        origin = f"{target.scheme}://{target.netloc}" if target.netloc else ""
        return origin + "/".join(names) + (f"?{target.query}" if _PAGE.fullmatch(target.query) else "")

    def _digits(self, text: str) -> str:
        return str(10**11 + int(self._hash(text)[:9], 16))

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "replace"), "sha256").hexdigest()


def headers_told(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that tell limits, times and the form of a body, with their values where these are harmless."""
    known = ("rate_limit_per_minute", "api_calls_left", "retry_after", "retry-after", "date", "content-type")
    found = {name.lower(): value for name, value in headers.items()}
    return {name: found[name][:80] for name in known if name in found and re.fullmatch(r"[\w ,:;/=+.-]*", found[name])}
