"""Reading an answer: status, headers and bytes become JSON or a typed error (P4, P6). Nothing is sent from here."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlsplit

from chaport_sync.api.content import is_plain
from chaport_sync.api.decode import ident, moment, whole
from chaport_sync.api.errors import (
    ApiError,
    Conflict,
    Executed,
    Forbidden,
    Malformed,
    Missing,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
)
from chaport_sync.core.text import one_line

#: No answer makes anybody wait longer than so many seconds.
LONGEST_WAIT = 3600.0

_RATE_LIMIT = re.compile(r"rate.?limit", re.IGNORECASE)
_CODE = re.compile(r"(?=.{1,80}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)+", re.ASCII)
_FAILURES: Mapping[int, type[ApiError]] = {
    HTTPStatus.UNAUTHORIZED: Unauthorised,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: Missing,
    HTTPStatus.REQUEST_TIMEOUT: Unavailable,
    HTTPStatus.CONFLICT: Conflict,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: decoded JSON (None if there was no body) and the headers, whose names know no case."""

    body: Any
    headers: Mapping[str, str]


class Reaction(Protocol):
    """What a client adds to the reading of an answer."""

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Take over what the headers say of the account's limits."""

    def error_detail(self, path: str, body: Any, text: str) -> str:
        """Return what an error's body says, if it may be shown (P6); empty otherwise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as reading its answer needs it.

    Attributes:
        service: "Deskie" or "Chaport".
        method: GET, POST or PUT.
        path: Below the base, without query.
        secrets: What no error may repeat (P6).
    """

    service: str
    method: str
    path: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """What errors call it."""
        return f"{self.method} {self.path}"

    @property
    def executed(self) -> Executed:
        """What is known of a request that was sent and got no answer which tells (P1)."""
        return Executed.NO if self.method == "GET" else Executed.UNCLEAR


def read(
    asked: Asked, status: int, headers: Mapping[str, str], content: bytes, reaction: Reaction, now: float
) -> Answer:
    """Read an answer; `now`, in Unix seconds as it is there, is for a `Retry-After` that is a date.

    Raises:
        ApiError: It is not a good one.
    """
    text = content.decode("utf-8-sig", "replace")
    body, readable = _json(text) if is_plain(content) else (None, False)
    if status >= HTTPStatus.BAD_REQUEST:
        raise _failure(asked, status, retry_after(headers, now), reaction.error_detail(asked.path, body, text), text)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        what = f"redirected to {_host(headers.get('location', ''))}, which is not followed"
        raise Malformed(asked.service, asked.name, what, executed=asked.executed)
    if not readable:
        raise Malformed(asked.service, asked.name, "the answer is no JSON", executed=asked.executed)
    return Answer(body, headers)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Read `retry_after` (Deskie) or `Retry-After`: seconds, or a date as HTTP allows."""
    for name in ("retry_after", "retry-after"):
        value = headers.get(name)
        seconds: float | None = whole(value)
        if seconds is None and (at := moment(value)) is not None:
            seconds = at - now
        if seconds is not None:
            return min(max(0.0, float(seconds)), LONGEST_WAIT)
    return None


def another(kind: str, found: Any, wanted: str) -> str:
    """Say that an answer is about another record than the one asked for; empty if it is not, or does not tell."""
    identity = ident(found)
    return f"the answer is about another {kind} ({one_line(identity, 40)})" if identity not in ("", wanted) else ""


def code_only(value: Any) -> str:
    """Return an error's word if it looks like a code, and nothing of what could be a customer's text (P6)."""
    word = value.strip() if isinstance(value, str) else ""
    return word if _CODE.fullmatch(word) else ""


def _failure(asked: Asked, status: int, pause: float | None, said: str, text: str) -> ApiError:
    shown = said and not any(secret in said for secret in asked.secrets if secret)
    detail = f"{status} {said}" if shown else f"{status}"
    limited = status == HTTPStatus.FORBIDDEN and _RATE_LIMIT.search(text[:2000])
    if status == HTTPStatus.TOO_MANY_REQUESTS or limited:
        return Throttled(asked.service, asked.name, detail, retry_after=pause)
    kind = _FAILURES.get(status, Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Rejected)
    if kind is Unavailable:
        return Unavailable(asked.service, asked.name, detail, executed=asked.executed, retry_after=pause)
    return kind(asked.service, asked.name, detail)


def _json(text: str) -> tuple[Any, bool]:
    """Decode a body, and return whether it could be; an empty one is None.

    Half a surrogate pair is no text: it could be neither stored nor sent, and becomes a question mark.
    """
    if not text.strip():
        return None, True
    try:
        value = json.loads(text)
        encoded = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") if r"\ud" in text.lower() else None
        value = value if encoded is None else json.loads(encoded)
    except ValueError:
        return None, False
    return value, True


def _host(location: str) -> str:
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return one_line(host, 100) if host else "another path"
