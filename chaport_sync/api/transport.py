"""Sends requests over HTTP, with a budget, bounded retries and typed errors (P4, P5, P6)."""

import random
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import chain, count, repeat
from typing import Any, Protocol

import httpx
import structlog

from chaport_sync.api import addresses, responses
from chaport_sync.api.connection import Connections, ServiceClock, close_connection
from chaport_sync.api.errors import ApiError, Malformed, Missing, Throttled, Unauthorised
from chaport_sync.api.exchange import Received, exchange
from chaport_sync.api.known_answers import Answer, KnownAnswers, Record
from chaport_sync.api.request_queue import Held, RequestQueue, Share
from chaport_sync.api.responses import ErrorWords, Request
from chaport_sync.api.retries import with_retries
from chaport_sync.clock import Clock, Stopping

log = structlog.get_logger()

#: Each reading of this number closes its connection, so that none lasts for ever: should answers ever come one request
#: late on a connection, that ends.
LAST_READING = 100

#: Takes an answer's body and says why it is another request's answer; empty if it is not.
Mismatch = Callable[[Any], str]
#: Takes an answer's JSON and makes frozen records of it; raises `ApiError`.
Decode = Callable[[Any], Awaitable[Record]]
Query = Sequence[tuple[str, str]]


class Gate(Protocol):
    """What each request passes, and each answer before it is decoded."""

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
        error_words: How the service tells errors in its answers.
        settle: Waits until all records are on the disk; called before each write but the status flow's, which waits
            by itself.
        ensure_held: Raises if nothing may be sent that relies on a record, because another worker may have taken the
            account over (K2). What it raises passes through; the request was certainly not sent.
        read_only: Whether to refuse all requests but GET: a dry run's second safeguard.
        chance: The source of the jitter.
        credentials_from: The place of the credentials, for the error that tells somebody to change them.
        gate: What each request and each answer passes; None changes and keeps nothing.

    Attributes:
        queue: Where each request waits for its turn.
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
        ensure_held: Callable[[], None] = lambda: None,
        read_only: bool = False,
        chance: random.Random | None = None,
        credentials_from: str = "",
        gate: Gate | None = None,
    ) -> None:
        self._service = service
        self._base = base.rstrip("/")
        self._connections = connections
        self._secrets = _secrets(connections.fresh.headers)
        self.queue = queue
        self._clock = clock
        self._error_words = error_words
        self._settle = settle
        self._ensure_held = ensure_held
        self._read_only = read_only
        self._credentials_from = credentials_from
        self._gate = gate
        self._chance = chance or random.Random()  # noqa: S311 - jitter needs no secrecy
        self._readings = count(1)
        self._known = KnownAnswers()
        self.clock_there = ServiceClock(clock)

    async def get(self, path: str, share: Share, query: Query = (), *, mismatch: Mismatch | None = None) -> Any:
        """Read; a failed request is repeated within bounds, because reading twice does no harm."""
        return await self._repeated(_Call(self._request("GET", path), share, query, mismatch=mismatch))

    async def read(
        self, path: str, share: Share, decode: Decode[Record], query: Query = (), *, mismatch: Mismatch | None = None
    ) -> Answer[Record]:
        """Read as `get` does, and decode the answer, unless its bytes are those of the last answer to this request.

        `decode` depends on nothing but the answer. A connection whose answer it cannot understand is closed.
        """
        call = _Call(self._request("GET", path), share, query, mismatch=mismatch, decode=decode)
        found: Answer[Record] = await self._repeated(call)
        return found

    async def write(
        self,
        method: str,
        path: str,
        share: Share,
        body: Any,
        *,
        repeatable: bool = False,
        recorded: bool = True,
        mismatch: Mismatch | None = None,
    ) -> Any:
        """Write; repeated only if it certainly had no effect, or if it is `repeatable`, like a reading.

        It relies on a record if it is `recorded`; the renewal of a status does not.
        """
        request = self._request(method, path)
        if self._read_only:
            raise ApiError(self._service, request.name, "a dry run must not write; this is a defect")
        if self._settle is not None and share is not Share.STATUS:
            await self._settle()
        call = _Call(request, share, body=body, mismatch=mismatch, recorded=recorded)
        if repeatable:
            return await self._repeated(call)
        attempt = partial(self._once, self._connections.fresh, call)
        return await with_retries(attempt, self._clock, self._chance, repeatable=False)

    def within(self, link: str) -> str | None:
        """Return the path and query of a link below the base, None if it leads anywhere else (P6)."""
        return addresses.within(self._base, link)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connections.aclose()

    def _request(self, method: str, path: str) -> Request:
        request = Request(self._service, method, path, self._secrets)
        if {"", ".", ".."}.intersection(path.split("/")[1:]):
            raise Missing(self._service, request.name, "there can be no such id")
        return request

    async def _repeated(self, call: "_Call") -> Any:
        # Only the first attempt goes over a lasting connection: the server may just have closed it.
        clients = chain([self._connections.lasting], repeat(self._connections.fresh))

        async def attempt() -> Any:
            return await self._once(next(clients), call)

        return await with_retries(attempt, self._clock, self._chance, repeatable=True)

    async def _once(self, client: httpx.AsyncClient, call: "_Call") -> Any:
        request, share = call.request, call.share
        try:
            await self.queue.acquire(1 if request.method == "GET" else 2, share)
        except Held as held:
            what = "nothing is asked while the server wants to be left alone"
            raise Throttled(request.service, request.name, what, retry_after=held.seconds) from None
        if self._clock.stopping:
            raise Stopping
        if call.recorded:
            self._ensure_held()
        received = await self._exchange(client, call)
        self.queue.note_headers(received.response.headers)
        try:
            return await self._understood(received, call)
        except ApiError as error:
            if isinstance(error, Malformed):
                # Each later answer of this connection may belong to the request before it; only its content shows that.
                await close_connection(received.response)
            if error.retry_after is not None:
                self.queue.hold(error.retry_after)
            if isinstance(error, Unauthorised) and self._credentials_from:
                error.advice = f"check the credentials: {self._credentials_from}"
            if isinstance(error, Throttled):
                who, after = share.name.lower(), error.retry_after
                log.info("api.throttled", service=request.service, request=request.name, retry_after=after, share=who)
            raise

    async def _exchange(self, client: httpx.AsyncClient, call: "_Call") -> Received:
        url = self._base + (call.request.path if self._gate is None else self._gate.outward(call.request.path))
        last = client is self._connections.lasting and next(self._readings) % LAST_READING == 0
        headers = {"Connection": "close"} if last else {}
        return await exchange(client, call.request, url, call.query, call.body, headers, self._clock, self.clock_there)

    async def _understood(self, received: Received, call: "_Call") -> Any:
        """Return an answer's JSON, or its records if the call decodes them; raises `ApiError`."""
        if call.decode is None:
            return self._json(received, call)
        asked, digest = (call.request.path, tuple(call.query)), received.digest
        known = self._known.to(asked)
        if known is None or known.digest != digest or received.response.status_code != HTTPStatus.OK:
            known = Answer(await call.decode(self._json(received, call)), digest)
            self._known.learn(asked, known, len(received.content))
        return known

    def _json(self, received: Received, call: "_Call") -> Any:
        request, status, content = call.request, received.response.status_code, received.content
        headers: Mapping[str, str] = received.response.headers
        if self._gate is not None:
            headers, content = self._gate.inward(request.service, request.path, status, headers, content)
        body = responses.read(request, status, headers, content, self._error_words, self.clock_there.now())
        if call.mismatch is not None and (what := call.mismatch(body)):
            raise Malformed(request.service, request.name, what, executed=request.executed)
        return body


@dataclass(frozen=True, slots=True)
class _Call:
    """A request, and what is made of its answer: its JSON, or what `decode` returns."""

    request: Request
    share: Share
    query: Query = ()
    body: Any = None
    mismatch: Mismatch | None = None
    decode: Decode[Any] | None = None
    recorded: bool = False


def _secrets(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets in the headers: a token, or an API key both encoded with the e-mail address and alone."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return (value, b64decode(value).decode().partition(":")[2]) if scheme == "Basic" else (value,)
