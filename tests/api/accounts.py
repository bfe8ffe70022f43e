"""Both clients on a server that answers as it is told, in virtual time: what most tests of this folder begin with."""

import asyncio
import inspect
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from chaport_sync.api import chaport as chaport_api
from chaport_sync.api import chaport_wire, deskie_wire
from chaport_sync.api import deskie as deskie_api
from chaport_sync.api.budget import Budget
from chaport_sync.api.chaport import Chaport, Dialect
from chaport_sync.api.connection import Carrier, connect
from chaport_sync.api.deskie import Deskie
from chaport_sync.api.request_queue import Pace
from chaport_sync.api.transport import Transport
from tests.virtual_time import JumpingLoop, VirtualTime
from tests.world import DaemonClock

DESKIE, CHAPORT = "https://acme.deskie.io", "https://app.chaport.com"
EMAIL, KEY, TOKEN = "sync@acme.example", "key-0a1b2c3d", "token-9f8e7d6c"

Reply = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]
Result = TypeVar("Result")


def answer(body: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """Make an answer: bytes and texts as they are, anything else as JSON; `_` in a header's name stays."""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return httpx.Response(status, headers=headers, content=content)


class Server(Carrier):
    """Gives the replies one after the other, the last of them for ever, and notes what was asked and when."""

    def __init__(self, *replies: Reply) -> None:
        self._replies = list(replies)
        self.requests: list[httpx.Request] = []
        self.times: list[float] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request and return the next reply."""
        self.requests.append(request)
        self.times.append(asyncio.get_running_loop().time())
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, httpx.Response):
            return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)
        given = reply(request)
        return await given if inspect.isawaitable(given) else given

    @property
    def asked(self) -> list[str]:
        """What was asked, as method and path, encoded as it was sent."""
        return [f"{each.method} {each.url.raw_path.decode().partition('?')[0]}" for each in self.requests]

    @property
    def bodies(self) -> list[Any]:
        """The bodies that were sent."""
        return [json.loads(each.content) if each.content else None for each in self.requests]

    def queries(self) -> list[list[tuple[str, str]]]:
        """The queries that were sent."""
        return [each.url.params.multi_items() for each in self.requests]


class Account:
    """A server and both clients on it, with budgets that do not matter unless told."""

    def __init__(
        self,
        *replies: Reply,
        time: VirtualTime | None = None,
        over: Carrier | None = None,
        units: int = 100_000,
        per_second: float = 1000,
        seed: int = 1,
        lifetime_field: str = "ttl",
        ensure_held: Callable[[], None] = lambda: None,
    ) -> None:
        self.time = time or VirtualTime()
        self.server = Server(*replies)
        self.clock = DaemonClock(self.time)
        self.budget = Budget(units, self.clock)
        self.pace = Pace(per_second, self.clock)
        over = over or self.server
        self.deskie_transport = Transport(
            "Deskie",
            f"{DESKIE}/api",
            connect(DESKIE, deskie_api.credentials(EMAIL, KEY), over),
            self.budget,
            self.clock,
            deskie_wire.error_words,
            chance=random.Random(seed),
            ensure_held=ensure_held,
        )
        self.chaport_transport = Transport(
            "Chaport",
            f"{CHAPORT}/api/v1",
            connect(CHAPORT, chaport_api.credentials(TOKEN), over),
            self.pace,
            self.clock,
            chaport_wire.error_words,
            chance=random.Random(seed),
            ensure_held=ensure_held,
        )
        self.deskie = Deskie(self.deskie_transport)
        self.chaport = Chaport(self.chaport_transport, Dialect(lifetime_field=lifetime_field))


def run(work: Callable[[], Awaitable[Result]], time: VirtualTime) -> Result:
    """Run something in virtual time outside of an asynchronous test, as properties need it."""

    async def body() -> Result:
        return await work()

    with asyncio.Runner(loop_factory=lambda: JumpingLoop(time)) as runner:
        return runner.run(body())


def staff(*numbers: int) -> dict[str, Any]:
    """Make a list of agents in Deskie's usual shape."""
    return {str(place): {"staff": {"staff_id": number}} for place, number in enumerate(numbers)}
