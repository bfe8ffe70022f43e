"""HTTP with a budget, bounded retries and typed errors; the only place that knows httpx and tenacity (P4, P5, P6)."""

import asyncio
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from chaport_sync import __version__
from chaport_sync.api.budget import Allowance, Share
from chaport_sync.api.decode import whole
from chaport_sync.api.errors import (
    ApiError,
    Executed,
    Forbidden,
    Malformed,
    Missing,
    Rejected,
    Throttled,
    Unauthorised,
    Unavailable,
)
from chaport_sync.clock import Clock, Stopping

log = structlog.get_logger()

#: What carries the requests; tests put the sandbox here.
Carrier = httpx.AsyncBaseTransport

#: A request is given up after so many seconds (P1).
GIVE_UP_AFTER = 20.0
#: Attempts of one request, and the seconds within which the last of them may begin.
ATTEMPTS, RETRY_WITHIN = 4, 30.0
#: The first pause before a retry is up to this long, then up to twice, four times as long (full jitter).
FIRST_PAUSE = 1.0
#: An answer larger than this is not read to its end (bytes).
LARGEST = 64 * 1024 * 1024

_RATE_LIMIT = re.compile(r"rate.?limit", re.IGNORECASE)
_CODE = re.compile(r"[\w.:-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: decoded JSON (None if there was no body) and the headers, lower-cased."""

    body: Any
    headers: Mapping[str, str]


class Reaction(Protocol):
    """What a client adds to the transport's reading of an answer."""

    def note_headers(self, headers: Mapping[str, str]) -> None:
        """Take over what the headers say of the account's limits."""

    def error_detail(self, body: Any, text: str) -> str:
        """Give what an error's body says, if it may be shown (P6); empty otherwise."""


class Transport:
    """Sends requests of one account, one budget for all of them.

    Args:
        service: "Deskie" or "Chaport", for errors.
        base: Origin and path under which everything is asked; nothing else is ever contacted.
        client: httpx's, with the credentials in its headers and redirects off.
        allowance: The account's budget.
        clock: The shell's clock.
        reaction: The client's part in reading answers.
        read_only: Refuse whatever is not a GET: a dry run's second lock.
        chance: The source of the jitter.
    """

    def __init__(
        self,
        service: str,
        base: str,
        client: httpx.AsyncClient,
        allowance: Allowance,
        clock: Clock,
        reaction: Reaction,
        *,
        read_only: bool = False,
        chance: random.Random | None = None,
    ) -> None:
        self._service = service
        self._base = base.rstrip("/")
        self._client = client
        self._allowance = allowance
        self._clock = clock
        self._reaction = reaction
        self._read_only = read_only
        self._chance = chance or random.Random()  # noqa: S311 - jitter needs no secrecy

    async def get(self, path: str, share: Share, query: Sequence[tuple[str, str]] = ()) -> Answer:
        """Read; retried within bounds, because reading twice does no harm."""
        return await self._with_retries("GET", path, share, query, None, repeatable=True)

    async def write(self, method: str, path: str, share: Share, body: Any, *, repeatable: bool = False) -> Answer:
        """Write; repeated only while it certainly had no effect, or if `repeatable`."""
        if self._read_only:
            raise ApiError(self._service, f"{method} {path}", "a dry run must not write; this is a defect")
        return await self._with_retries(method, path, share, (), body, repeatable=repeatable)

    def within(self, link: str) -> str | None:
        """Give the path and query of a link below the base, None if it leads anywhere else (P6)."""
        target, base = urlsplit(urljoin(self._base + "/", link)), urlsplit(self._base)
        same = (target.scheme, target.netloc) == (base.scheme, base.netloc)
        if not same or not target.path.startswith(base.path + "/") or "/.." in target.path:
            return None
        path = target.path[len(base.path) :]
        return f"{path}?{target.query}" if target.query else path

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _with_retries(
        self, method: str, path: str, share: Share, query: Sequence[tuple[str, str]], body: Any, *, repeatable: bool
    ) -> Answer:
        began = self._clock.monotonic()

        def may_repeat(error: BaseException) -> bool:
            if not isinstance(error, Throttled | Unavailable):
                return False
            return repeatable or error.executed is Executed.NO

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, Throttled) and error.retry_after is not None:
                return error.retry_after
            return self._chance.uniform(0, FIRST_PAUSE * 2.0 ** (state.attempt_number - 1))

        def enough(state: RetryCallState) -> bool:
            late = self._clock.monotonic() - began + state.upcoming_sleep > RETRY_WITHIN
            return late or state.attempt_number >= ATTEMPTS

        def tell(state: RetryCallState) -> None:
            log.debug(
                "api.retried",
                error=str(state.outcome.exception()) if state.outcome else "",
                attempt=state.attempt_number,
            )

        retrying = AsyncRetrying(
            stop=enough,
            wait=pause,
            retry=retry_if_exception(may_repeat),
            sleep=self._clock.sleep,
            before_sleep=tell,
            reraise=True,
        )
        return await retrying(self._once, method, path, share, query, body)

    async def _once(self, method: str, path: str, share: Share, query: Sequence[tuple[str, str]], body: Any) -> Answer:
        request = f"{method} {path.partition('?')[0]}"
        await self._allowance.acquire(1 if method == "GET" else 2, share)
        if self._clock.stopping:
            raise Stopping
        status, headers, content = await self._exchange(method, path, query, body, request)
        self._reaction.note_headers(headers)
        return self._read(request, status, headers, content, share)

    async def _exchange(
        self, method: str, path: str, query: Sequence[tuple[str, str]], body: Any, request: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        try:
            async with asyncio.timeout(GIVE_UP_AFTER):
                sent = self._client.build_request(method, self._base + path, params=list(query) or None, json=body)
                response = await self._client.send(sent, stream=True)
                try:
                    return response.status_code, response.headers, await _read_bounded(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise Unavailable(self._service, request, f"no connection ({type(error).__name__})") from None
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = Executed.NO if method == "GET" else Executed.UNCLEAR
            what = "no answer in time" if isinstance(error, TimeoutError) else "the connection broke"
            detail = f"{what} ({type(error).__name__})"
            raise Unavailable(self._service, request, detail, executed=outcome, answered=False) from None

    def _read(self, request: str, status: int, headers: Mapping[str, str], content: bytes, share: Share) -> Answer:
        text = content.decode("utf-8", "replace")
        body, readable = _json(text)
        executed = Executed.NO if request.startswith("GET ") else Executed.UNCLEAR
        said = self._reaction.error_detail(body, text)
        detail = f"{status}{f' {said}' if said else ''}"
        limited = status == httpx.codes.FORBIDDEN and _RATE_LIMIT.search(text[:2000])
        after = self._retry_after(headers) if limited or status in (429, 503) else None
        if after is not None:
            self._allowance.hold(after)
        if status == httpx.codes.TOO_MANY_REQUESTS or limited:
            log.info(
                "api.throttled", service=self._service, request=request, retry_after=after, share=share.name.lower()
            )
            raise Throttled(self._service, request, detail, retry_after=after)
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unavailable(self._service, request, detail, executed=executed)
        failure = {401: Unauthorised, 403: Forbidden, 404: Missing}.get(status)
        if failure:
            raise failure(self._service, request, detail)
        if status >= httpx.codes.BAD_REQUEST:
            raise Rejected(self._service, request, detail)
        if httpx.codes.is_redirect(status):
            place = urlsplit(urljoin(self._base, headers.get("location", "")))
            elsewhere = f"redirected to {place.scheme}://{place.hostname}, which is not followed"
            raise Malformed(self._service, request, elsewhere, executed=executed)
        if not readable:
            raise Malformed(self._service, request, "the answer is no JSON", executed=executed)
        return Answer(body, headers)

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        """Read `retry_after` (Deskie) or `Retry-After`: seconds, or a date as HTTP allows."""
        for name in ("retry_after", "retry-after"):
            value = headers.get(name)
            seconds = whole(value)
            if seconds is not None:
                return float(max(0, min(seconds, 3600)))
            if value:
                try:
                    return max(0.0, min(parsedate_to_datetime(value).timestamp() - self._clock.now(), 3600.0))
                except (ValueError, TypeError):
                    continue
        return None


def code_only(value: Any) -> str:
    """Give an error's word if it looks like a code, and nothing of what could be a customer's text (P6)."""
    word = value.strip() if isinstance(value, str) else ""
    return word if _CODE.fullmatch(word) else ""


def connect(base: str, headers: Mapping[str, str], over: Carrier | None = None) -> httpx.AsyncClient:
    """Make the HTTP client of one account: credentials in headers, no redirects, no proxy for this machine itself.

    Args:
        base: The account's origin.
        headers: What each request carries, the credentials among it.
        over: What carries the requests in tests; None is the network.
    """
    host = urlsplit(base).hostname or ""
    loopback = host in ("localhost", "::1") or host.startswith("127.")
    return httpx.AsyncClient(
        headers={"Accept": "application/json", "User-Agent": f"chaport-sync/{__version__}", **headers},
        timeout=httpx.Timeout(GIVE_UP_AFTER),
        follow_redirects=False,
        trust_env=not loopback,
        transport=over,
    )


async def _read_bounded(response: httpx.Response) -> bytes:
    chunks, size = [], 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST:
            raise httpx.DecodingError("larger than any real answer")
        chunks.append(chunk)
    return b"".join(chunks)


def _json(text: str) -> tuple[Any, bool]:
    if not text.strip():
        return None, True
    try:
        return json.loads(text), True
    except (ValueError, RecursionError):
        return None, False
