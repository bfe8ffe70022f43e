"""The two accounts, the faults between them and their clients, and the ways in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

from chaport_sync.sandbox import serving
from chaport_sync.sandbox.chaport.account import ChaportAccount
from chaport_sync.sandbox.chaport.app import chaport_api
from chaport_sync.sandbox.deskie.account import DeskieAccount
from chaport_sync.sandbox.deskie.app import deskie_api
from chaport_sync.sandbox.faults import FaultPlan
from chaport_sync.sandbox.gate import Gate
from chaport_sync.sandbox.requests import Journal, Request, Side
from chaport_sync.sandbox.transport import InProcess


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """A Deskie and a Chaport account, on the clock `now` (aware, UTC), which is the only one that is read.

    Nothing but a fault waits, and it waits with `asyncio.sleep`, so a test's virtual time governs all of it.
    """

    def __init__(self, now: Callable[[], datetime] = _utc_now) -> None:
        self.now = now
        self.deskie = DeskieAccount(self._clock)
        self.chaport = ChaportAccount(self._clock)
        self.faults = FaultPlan()
        self._journal = Journal()
        self._tasks: set[asyncio.Task[None]] = set()
        shared: dict[str, Any] = {
            "journal": self._journal,
            "faults": self.faults,
            "now": self._clock,
            "spawn": self._spawn,
        }
        self.deskie_app = Gate("deskie", deskie_api(self.deskie), self.deskie, **shared)
        self.chaport_app = Gate("chaport", chaport_api(self.chaport), self.chaport, **shared)

    @property
    def journal(self) -> list[Request]:
        """Every request since the last `forget_requests`, in order of arrival."""
        return self._journal.requests()

    def requests_of(self, side: Side, method: str | None = None, path_prefix: str = "") -> list[Request]:
        """The journal's entries of one API, and of one method or path if given."""
        return [
            request
            for request in self.journal
            if request.side == side and method in (None, request.method) and request.path.startswith(path_prefix)
        ]

    def forget_requests(self) -> None:
        """Start the journal anew."""
        self._journal.forget()

    def transport(self) -> InProcess:
        """A transport for `httpx.AsyncClient`, in the caller's event loop."""
        return InProcess(self.deskie_app, self.chaport_app, self._spawn)

    @contextlib.asynccontextmanager
    async def serve(self, deskie_port: int = 0, chaport_port: int = 0) -> AsyncIterator[serving.Urls]:
        """Serve both APIs over HTTP on loopback while the block runs; effects still to come are dropped at its end."""
        async with (
            serving.serve(self.deskie_app, deskie_port) as deskie,
            serving.serve(self.chaport_app, chaport_port) as chaport,
        ):
            try:
                yield serving.Urls(deskie, chaport)
            finally:
                await self.aclose()

    async def settle(self) -> None:
        """Wait until every late effect has taken place."""
        # One that has ended is taken off the list a moment later, for which gather does not wait from Python 3.12 on.
        while pending := [task for task in self._tasks if not task.done()]:
            await asyncio.gather(*pending)

    async def aclose(self) -> None:
        """Drop the effects that are still to come."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _clock(self) -> datetime:
        return self.now()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
