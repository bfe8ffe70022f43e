"""Sends requests over HTTP, with a budget, bounded retries and typed errors (P4, P5, P6)."""

import asyncio
import random
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import chain, count, repeat
from typing import Any, Protocol
from urllib.parse import quote, urljoin, urlsplit

import httpx
import structlog

from chaport_sync.api import content, responses
from chaport_sync.api.connection import (
    GIVE_UP_AFTER,
    NOT_SENT,
    Connections,
    ServiceClock,
    close_connection,
    why_unreachable,
)
from chaport_sync.api.errors import ApiError, Malformed, Missing, Throttled, Unauthorised, Unavailable, Unreachable
from chaport_sync.api.request_queue import Held, RequestQueue, Share
from chaport_sync.api.responses import ErrorWords, Request
from chaport_sync.api.retries import with_retries
from chaport_sync.clock import Clock, Stopping, made_progress

log = structlog.get_logger()

#: Each reading of this number closes its connection, so that none lasts for ever: should answers ever come one request
#: late on a connection, that ends.
LAST_READING = 100

#: Takes an answer's body and says why it is another request's answer; empty if it is not.
Mismatch = Callable[[Any], str]


class Gate(Protocol):
    """What each request and each answer passes."""

    def outward(self, path: str) -> str:
        """Return the path to ask for."""

    def inward(
        self, service: str, path: str, status: int, headers: Mapping[str, str], content: bytes
    ) -> tuple[Mapping[str, str], bytes]:
        """Return the headers and the body of an answer as they are to be read."""


class Transport:
    """Sends the requests of one account, and returns the JSON of the answers.

    Args:
        service: "Deskie" or "Chaport", for errors.
        base: The origin and path of all requests; no other address is ever contacted.
        connections: The connections to the account, with the credentials in their headers and redirects off.
        queue: Where each request waits for its turn.
        error_words: How the service tells errors in its answers.
        settle: Waits until all records are on the disk; called before each write but the status flow's, which waits
            by itself.
        read_only: Whether to refuse all requests but GET: a dry run's second safeguard.
        chance: The source of the jitter.
        credentials_from: The place of the credentials, for the error that tells somebody to change them.
        gate: What each request and each answer passes; None changes and keeps nothing.

    Attributes:
        clock_there: The time at the service.
    """

    def __init__(
        self,
        service: str,
        base: str,
        connections: Connections,
        queue: RequestQueue,
        clock: Clock,
        error_words: ErrorWords,
        *,
        settle: Callable[[], Awaitable[None]] | None = None,
        read_only: bool = False,
        chance: random.Random | None = None,
        credentials_from: str = "",
        gate: Gate | None = None,
    ) -> None:
        self._service = service
        self._base = base.rstrip("/")
        self._connections = connections
        self._secrets = _secrets(connections.fresh.headers)
        self._queue = queue
        self._clock = clock
        self._error_words = error_words
        self._settle = settle
        self._read_only = read_only
        self._credentials_from = credentials_from
        self._gate = gate
        self._chance = chance or random.Random()  # noqa: S311 - jitter needs no secrecy
        self._readings = count(1)
        self.clock_there = ServiceClock(clock)

    async def get(
        self, path: str, share: Share, query: Sequence[tuple[str, str]] = (), *, mismatch: Mismatch | None = None
    ) -> Any:
        """Read; a failed request is repeated within bounds, because reading twice does no harm."""
        request = self._request("GET", path)
        # Only the first attempt goes over a lasting connection: the server may just have closed it.
        clients = chain([self._connections.lasting], repeat(self._connections.fresh))

        async def attempt() -> Any:
            return await self._once(next(clients), request, share, query, None, mismatch)

        return await with_retries(attempt, self._clock, self._chance, repeatable=True)

    async def write(
        self,
        method: str,
        path: str,
        share: Share,
        body: Any,
        *,
        repeatable: bool = False,
        mismatch: Mismatch | None = None,
    ) -> Any:
        """Write; repeated only if it certainly had no effect, or if it is `repeatable`."""
        request = self._request(method, path)
        if self._read_only:
            raise ApiError(self._service, request.name, "a dry run must not write; this is a defect")
        if self._settle is not None and share is not Share.STATUS:
            await self._settle()
        attempt = partial(self._once, self._connections.fresh, request, share, (), body, mismatch)
        return await with_retries(attempt, self._clock, self._chance, repeatable=repeatable)

    def within(self, link: str) -> str | None:
        """Return the path and query of a link below the base, None if it leads anywhere else (P6)."""
        try:
            target = urlsplit(urljoin(self._base + "/", link))
            same = _origin(target.geturl()) == _origin(self._base)
        except ValueError:
            return None
        base = urlsplit(self._base).path
        if not same or not target.path.startswith(base + "/") or "/.." in target.path:
            return None
        path = target.path[len(base) :]
        return f"{path}?{target.query}" if target.query else path

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    def _request(self, method: str, path: str) -> Request:
        request = Request(self._service, method, path, self._secrets)
        if {"", ".", ".."}.intersection(path.split("/")[1:]):
            raise Missing(self._service, request.name, "there can be no such id")
        return request

    async def _once(
        self,
        client: httpx.AsyncClient,
        request: Request,
        share: Share,
        query: Sequence[tuple[str, str]],
        body: Any,
        mismatch: Mismatch | None,
    ) -> Any:
        try:
            await self._queue.acquire(1 if request.method == "GET" else 2, share)
        except Held as held:
            what = "nothing is asked while the server wants to be left alone"
            raise Throttled(request.service, request.name, what, retry_after=held.seconds) from None
        if self._clock.stopping:
            raise Stopping
        response, body_bytes = await self._exchange(client, request, query, body)
        status = response.status_code
        headers: Mapping[str, str] = response.headers
        self._queue.note_headers(headers)
        if self._gate is not None:
            headers, body_bytes = self._gate.inward(request.service, request.path, status, headers, body_bytes)
        try:
            answer = responses.read(request, status, headers, body_bytes, self._error_words, self.clock_there.now())
            if mismatch is not None and (what := mismatch(answer)):
                # Each later answer of this connection may belong to the request before it; only its content shows that.
                await close_connection(response)
                raise Malformed(request.service, request.name, what, executed=request.executed)
        except ApiError as error:
            if error.retry_after is not None:
                self._queue.hold(error.retry_after)
            if isinstance(error, Unauthorised) and self._credentials_from:
                error.advice = f"check the credentials: {self._credentials_from}"
            if isinstance(error, Throttled):
                who, after = share.name.lower(), error.retry_after
                log.info("api.throttled", service=request.service, request=request.name, retry_after=after, share=who)
            raise
        return answer

    async def _exchange(
        self, client: httpx.AsyncClient, request: Request, query: Sequence[tuple[str, str]], body: Any
    ) -> tuple[httpx.Response, bytes]:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(GIVE_UP_AFTER):
                url = self._base + (request.path if self._gate is None else self._gate.outward(request.path))
                sent = client.build_request(request.method, url, params=list(query) or None, json=body)
                if client is self._connections.lasting and next(self._readings) % LAST_READING == 0:
                    sent.headers["Connection"] = "close"
                response = await client.send(sent, stream=True)
                self.clock_there.note_date(response.headers, began)
                try:
                    return response, await content.read(response)
                finally:
                    await response.aclose()
        except content.UnfitError as error:
            what = f"the answer is {error}"
            raise Malformed(request.service, request.name, what, executed=request.executed) from None
        except NOT_SENT as error:
            why, may_pass = why_unreachable(error)
            raise (Unavailable if may_pass else Unreachable)(request.service, request.name, why) from None
        except (OSError, httpx.HTTPError) as error:
            late = isinstance(error, TimeoutError | httpx.TimeoutException)
            detail = f"{'no answer in time' if late else 'the connection broke'} ({type(error).__name__})"
            raise Unavailable(
                request.service, request.name, detail, executed=request.executed, answered=False
            ) from None
        finally:
            # Also after an error: a service that does not answer must not look like a daemon that hangs.
            made_progress()


def path_part(identity: str) -> str:
    """Return an id as one part of a path, with every special character escaped."""
    return quote(identity, safe="", errors="replace")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    place = urlsplit(url)
    return place.scheme, place.hostname, place.port or {"https": 443, "http": 80}.get(place.scheme)


def _secrets(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets in the headers: a token, or an API key both encoded with the e-mail address and alone."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return (value, b64decode(value).decode().partition(":")[2]) if scheme == "Basic" else (value,)
