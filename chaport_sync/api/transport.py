"""HTTP with a budget, bounded retries and typed errors (P4, P5, P6)."""

import asyncio
import random
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx
import structlog

from chaport_sync.api import content
from chaport_sync.api import responses as answers
from chaport_sync.api.allowance import Allowance, Held, Share
from chaport_sync.api.connection import GIVE_UP_AFTER, NOT_SENT, close_connection, why_unreachable
from chaport_sync.api.errors import ApiError, Malformed, Missing, Throttled, Unauthorised, Unavailable, Unreachable
from chaport_sync.api.responses import Answer, Asked, Reaction
from chaport_sync.api.retries import with_retries
from chaport_sync.api.service_clock import ServiceClock
from chaport_sync.clock import Clock, Stopping
from chaport_sync.progress import made_progress

log = structlog.get_logger()

#: Says of an answer's body what makes it another request's answer, empty if nothing does.
Mismatch = Callable[[Any], str]


def fits(_body: Any) -> str:
    """Say nothing against an answer: it names no record."""
    return ""


class Transport:
    """Sends requests of one account, one budget for all of them.

    Args:
        service: "Deskie" or "Chaport", for errors.
        base: Origin and path under which everything is asked; nothing else is ever contacted.
        client: httpx's, with the credentials in its headers and redirects off.
        allowance: The account's budget.
        clock: The shell's clock.
        reaction: The client's part in reading answers.
        settle: Waits until what was recorded is on the disk. The status flow, which knows what its writes rely on,
            waits for itself.
        read_only: Refuse whatever is not a GET: a dry run's second lock.
        chance: The source of the jitter.
        credentials_from: Where the credentials are, for whoever has to change them.

    Attributes:
        clock_there: What time it is at the service.
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
        settle: Callable[[], Awaitable[None]] | None = None,
        read_only: bool = False,
        chance: random.Random | None = None,
        credentials_from: str = "",
    ) -> None:
        self._service = service
        self._base = base.rstrip("/")
        self._client = client
        self._secrets = _secrets(client.headers)
        self._allowance = allowance
        self._clock = clock
        self._reaction = reaction
        self._settle = settle
        self._read_only = read_only
        self._credentials_from = credentials_from
        self._chance = chance or random.Random()  # noqa: S311 - jitter needs no secrecy
        self.clock_there = ServiceClock(clock)

    async def get(
        self, path: str, share: Share, query: Sequence[tuple[str, str]] = (), *, mismatch: Mismatch = fits
    ) -> Answer:
        """Read; retried within bounds, because reading twice does no harm."""
        return await self._with_retries(self._asked("GET", path), share, query, None, mismatch, repeatable=True)

    async def write(
        self,
        method: str,
        path: str,
        share: Share,
        body: Any,
        *,
        repeatable: bool = False,
        mismatch: Mismatch = fits,
    ) -> Answer:
        """Write; repeated only while it certainly had no effect, or if `repeatable`."""
        asked = self._asked(method, path)
        if self._read_only:
            raise ApiError(self._service, asked.name, "a dry run must not write; this is a defect")
        if self._settle is not None and share is not Share.STATUS:
            await self._settle()
        return await self._with_retries(asked, share, (), body, mismatch, repeatable=repeatable)

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
        await self._client.aclose()

    def _asked(self, method: str, path: str) -> Asked:
        asked = Asked(self._service, method, path, self._secrets)
        if {"", ".", ".."}.intersection(path.split("/")[1:]):
            raise Missing(self._service, asked.name, "there can be no such id")
        return asked

    async def _with_retries(
        self,
        asked: Asked,
        share: Share,
        query: Sequence[tuple[str, str]],
        body: Any,
        mismatch: Mismatch,
        *,
        repeatable: bool,
    ) -> Answer:
        async def attempt() -> Answer:
            return await self._once(asked, share, query, body, mismatch)

        return await with_retries(attempt, self._clock, self._chance, repeatable=repeatable)

    async def _once(
        self, asked: Asked, share: Share, query: Sequence[tuple[str, str]], body: Any, mismatch: Mismatch
    ) -> Answer:
        try:
            await self._allowance.acquire(1 if asked.method == "GET" else 2, share)
        except Held as held:
            what = "nothing is asked while the server wants to be left alone"
            raise Throttled(asked.service, asked.name, what, retry_after=held.seconds) from None
        if self._clock.stopping:
            raise Stopping
        response, body_bytes = await self._exchange(asked, query, body)
        self._reaction.note_headers(response.headers)
        try:
            answer = answers.read(
                asked, response.status_code, response.headers, body_bytes, self._reaction, self.clock_there.now()
            )
            if what := mismatch(answer.body):
                # Answers of this connection may be one off from here on, which nothing but their content shows.
                await close_connection(response)
                raise Malformed(asked.service, asked.name, what, executed=asked.executed)
        except ApiError as error:
            if error.retry_after is not None:
                self._allowance.hold(error.retry_after)
            if isinstance(error, Unauthorised) and self._credentials_from:
                error.advice = f"check the credentials: {self._credentials_from}"
            if isinstance(error, Throttled):
                who, after = share.name.lower(), error.retry_after
                log.info("api.throttled", service=asked.service, request=asked.name, retry_after=after, share=who)
            raise
        return answer

    async def _exchange(
        self, asked: Asked, query: Sequence[tuple[str, str]], body: Any
    ) -> tuple[httpx.Response, bytes]:
        began = self._clock.monotonic()
        try:
            async with asyncio.timeout(GIVE_UP_AFTER):
                url = self._base + asked.path
                sent = self._client.build_request(asked.method, url, params=list(query) or None, json=body)
                response = await self._client.send(sent, stream=True)
                self.clock_there.heard(response.headers, began)
                try:
                    return response, await content.read(response)
                finally:
                    await response.aclose()
        except content.UnfitError as error:
            what = f"the answer is {error}"
            raise Malformed(asked.service, asked.name, what, executed=asked.executed) from None
        except NOT_SENT as error:
            why, may_pass = why_unreachable(error)
            raise (Unavailable if may_pass else Unreachable)(asked.service, asked.name, why) from None
        except (OSError, httpx.HTTPError) as error:
            late = isinstance(error, TimeoutError | httpx.TimeoutException)
            detail = f"{'no answer in time' if late else 'the connection broke'} ({type(error).__name__})"
            raise Unavailable(asked.service, asked.name, detail, executed=asked.executed, answered=False) from None
        finally:
            # Whichever way it ended: a service that does not answer does not make the daemon stand still.
            made_progress()


def part(identity: str) -> str:
    """Return an id as one part of a path, whatever it holds."""
    return quote(identity, safe="", errors="replace")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    place = urlsplit(url)
    return place.scheme, place.hostname, place.port or {"https": 443, "http": 80}.get(place.scheme)


def _secrets(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the credentials are made of: a token, or a password by itself and as it is sent."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return (value, b64decode(value).decode().partition(":")[2]) if scheme == "Basic" else (value,)
