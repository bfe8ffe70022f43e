"""The ping: a monitor elsewhere is told that all is well, and raises the alarm when the pings stop."""

import asyncio
from urllib.parse import urlsplit

import httpx
import structlog

from chaport_sync.api.connection import client
from chaport_sync.clock import Clock

log = structlog.get_logger()

#: One ping a minute at most (seconds): the monitors count in minutes, and limit what they take.
EVERY = 60.0
#: A monitor that takes longer to answer counts as failed (seconds).
PATIENCE = 10.0


class Ping:
    """Tells a monitor in the manner of healthchecks.io: the address for success, `/fail` below it with a reason.

    The address is a secret and stands in no log line: with it anybody could pretend that all is well.

    Args:
        url: The address to ping.
        over: The transport of the requests in tests; None is the network.
    """

    def __init__(self, url: str, clock: Clock, over: httpx.AsyncBaseTransport | None = None) -> None:
        self._success = url
        parts = urlsplit(url)
        self._failure = parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()
        self._clock = clock
        self._client = client(transport=over, timeout=PATIENCE)
        self._last: tuple[float, bool] | None = None
        self._task: asyncio.Task[None] | None = None
        self._failing = False

    def tell(self, reason: str) -> None:
        """Send a ping if a minute has passed or the state has changed: success if `reason` is empty, else failure."""
        now, failed = self._clock.monotonic(), bool(reason)
        recently = self._last is not None and now - self._last[0] < EVERY and self._last[1] is failed
        if recently or (self._task is not None and not self._task.done()):
            return
        self._last = (now, failed)
        self._task = asyncio.create_task(self._send(reason))

    async def aclose(self) -> None:
        """End a ping that is under way, and close the connection."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._client.aclose()

    async def _send(self, reason: str) -> None:
        error = ""
        try:
            async with asyncio.timeout(PATIENCE):
                asked = ("POST", self._failure) if reason else ("GET", self._success)
                # Only the status of the answer is read, so that a long answer does no harm.
                async with self._client.stream(*asked, content=reason.encode() or None) as answer:
                    error = "" if answer.is_success else str(answer.status_code)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as trouble:
            error = type(trouble).__name__
        if error and not self._failing:
            log.warning("ping.failed", error=error)
        elif self._failing and not error:
            log.info("ping.recovered")
        self._failing = bool(error)
