"""One request and its answer over HTTP: sent, received within bounds, and each way to fail (P1, P4)."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from chaport_sync.api import content
from chaport_sync.api.connection import GIVE_UP_AFTER, NOT_SENT, ServiceClock, why_unreachable
from chaport_sync.api.errors import Malformed, Unavailable, Unreachable
from chaport_sync.api.responses import Request
from chaport_sync.clock import Clock, made_progress


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, and its content without compression."""

    response: httpx.Response
    content: bytes

    @property
    def digest(self) -> str:
        """Return a digest of the content, which only an equal content has."""
        return hashlib.sha256(self.content).hexdigest()


async def exchange(
    client: httpx.AsyncClient,
    request: Request,
    url: str,
    query: Sequence[tuple[str, str]],
    body: Any,
    headers: Mapping[str, str],
    clock: Clock,
    clock_there: ServiceClock,
) -> Received:
    """Send a request with a JSON body and return its answer; raises `ApiError`."""
    began = clock.monotonic()
    try:
        async with asyncio.timeout(GIVE_UP_AFTER):
            sent = client.build_request(request.method, url, params=list(query) or None, json=body, headers=headers)
            response = await client.send(sent, stream=True)
            clock_there.note_date(response.headers, began)
            try:
                return Received(response, await content.read(response))
            finally:
                await response.aclose()
                # The stream refers to the response; without this each answer would be left to the garbage collector.
                response.stream = httpx.ByteStream(b"")
    except content.UnfitError as error:
        what = f"the answer is {error}"
        raise Malformed(request.service, request.name, what, executed=request.executed) from None
    except NOT_SENT as error:
        why, may_pass = why_unreachable(error)
        raise (Unavailable if may_pass else Unreachable)(request.service, request.name, why) from None
    except (OSError, httpx.HTTPError) as error:
        late = isinstance(error, TimeoutError | httpx.TimeoutException)
        detail = f"{'no answer in time' if late else 'the connection broke'} ({type(error).__name__})"
        raise Unavailable(request.service, request.name, detail, executed=request.executed, answered=False) from None
    finally:
        # Also after an error: a service that does not answer must not look like a daemon that hangs.
        made_progress()
