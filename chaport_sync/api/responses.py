"""Reads an answer: status, headers and bytes become JSON or a typed error (P4, P6). Nothing is sent here."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
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

#: The longest pause that is taken from an answer (seconds).
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


#: Returns an error's words from the path and the answer's JSON and text, as far as they may be shown (P6), else "".
ErrorWords = Callable[[str, Any, str], str]


@dataclass(frozen=True, slots=True)
class Request:
    """The parts of a request that are needed to read its answer.

    Attributes:
        service: "Deskie" or "Chaport".
        method: GET, POST or PUT.
        path: Below the base, without query.
        secrets: Texts that no error may repeat (P6).
    """

    service: str
    method: str
    path: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The request's name in errors."""
        return f"{self.method} {self.path}"

    @property
    def executed(self) -> Executed:
        """Whether the request may have been executed, if no answer tells (P1): a GET changes nothing."""
        return Executed.NO if self.method == "GET" else Executed.UNCLEAR


def read(
    request: Request, status: int, headers: Mapping[str, str], content: bytes, error_words: ErrorWords, now: float
) -> Any:
    """Return the JSON of a good answer, None if it is empty.

    `now` is the server's time (Unix seconds), for a `Retry-After` that is a date.

    Raises:
        ApiError: The answer is not good; the error's class says what to do.
    """
    body, readable = decoded(content)
    if status >= HTTPStatus.BAD_REQUEST:
        text = content.decode("utf-8-sig", "replace")
        words = error_words(request.path, body, text)
        raise _failure(request, status, retry_after(headers, now), words, text)
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        what = f"redirected to {_host(headers.get('location', ''))}, which is not followed"
        raise Malformed(request.service, request.name, what, executed=request.executed)
    if not readable:
        raise Malformed(request.service, request.name, "the answer is no JSON", executed=request.executed)
    return body


def decoded(content: bytes) -> tuple[Any, bool]:
    """Return the JSON of a body (None for an empty one), and whether it could be decoded within `is_plain`.

    Half a surrogate pair can be neither stored nor sent, so it becomes a question mark.
    """
    if not is_plain(content):
        return None, False
    text = content.decode("utf-8-sig", "replace")
    if not text.strip():
        return None, True
    try:
        value = json.loads(text)
        encoded = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") if r"\ud" in text.lower() else None
        value = value if encoded is None else json.loads(encoded)
    except ValueError:
        return None, False
    return value, True


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds to wait, from `retry_after` (Deskie) or `Retry-After` (perhaps a date), or None."""
    for name in ("retry_after", "retry-after"):
        value = headers.get(name)
        seconds: float | None = whole(value)
        if seconds is None and (at := moment(value)) is not None:
            seconds = at - now
        if seconds is not None:
            return min(max(0.0, float(seconds)), LONGEST_WAIT)
    return None


def other_record(kind: str, found: Any, wanted: str) -> str:
    """Say that an answer is about another record than `wanted`; empty if it is not, or if it does not tell."""
    identity = ident(found)
    return f"the answer is about another {kind} ({one_line(identity, 40)})" if identity not in ("", wanted) else ""


def code_only(value: Any) -> str:
    """Return an error's word if it looks like a code; empty otherwise, as it may be a customer's text (P6)."""
    word = value.strip() if isinstance(value, str) else ""
    return word if _CODE.fullmatch(word) else ""


def _failure(request: Request, status: int, pause: float | None, words: str, text: str) -> ApiError:
    shown = words and not any(secret in words for secret in request.secrets if secret)
    detail = f"{status} {words}" if shown else f"{status}"
    limited = status == HTTPStatus.FORBIDDEN and _RATE_LIMIT.search(text[:2000])
    if status == HTTPStatus.TOO_MANY_REQUESTS or limited:
        return Throttled(request.service, request.name, detail, retry_after=pause)
    kind = _FAILURES.get(status, Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Rejected)
    if kind is Unavailable:
        return Unavailable(request.service, request.name, detail, executed=request.executed, retry_after=pause)
    return kind(request.service, request.name, detail)


def _host(location: str) -> str:
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return one_line(host, 100) if host else "another path"
