"""A day with more operators than the configured lease can hold: the status flow on the sandbox, in virtual time."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass

import httpx

from chaport_sync.app import App, build
from chaport_sync.sandbox.chaport.records import Operator
from chaport_sync.sandbox.deskie.records import Staff
from tests.statuses.steps import OFFLINE, ONLINE
from tests.world import World

OPERATORS, HOURS, LATENCY, LOOK = 1_000, 24.0, 0.1, 15.0
#: Half of them are away from this part of the day on, for so many seconds.
NOON, AWAY = 0.5, 3600.0


@dataclass(frozen=True)
class Day:
    """How many leases ran out though their agents were online, and what was asked of Chaport."""

    operators: int
    hours: float
    ran_out: int
    writes: int
    reads: int
    all_online_after: float


class Counted(httpx.AsyncBaseTransport):
    """Counts what is asked, keeps the visitors' page, and the agents' pages while no agent's status changes."""

    def __init__(self, over: httpx.AsyncBaseTransport) -> None:
        self._over = over
        self._kept: dict[str, httpx.Response] = {}
        self.writes = self.reads = 0

    def forget(self) -> None:
        """Ask anew for what was kept."""
        self._kept.clear()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer after a while."""
        await asyncio.sleep(LATENCY)
        path = request.url.path
        self.writes += request.method == "POST"
        self.reads += path.endswith("/visitors")
        if path.endswith("/operators") or request.method != "GET":
            return await self._over.handle_async_request(request)
        asked = str(request.url)
        if asked not in self._kept:
            self._kept[asked] = await self._over.handle_async_request(request)
        kept = self._kept[asked]
        return httpx.Response(kept.status_code, headers=kept.headers, content=kept.content)


async def live_through(world: World, *, hours: float = HOURS) -> Day:
    """Live through so many hours."""
    time = world.time
    pairs = [world.pair(f"agent{number}") for number in range(OPERATORS)]
    carrier = Counted(world.sandbox.transport())
    settings = world.settings("chaport.requests_per_second = 2", "transcripts.enabled = false")
    chance = random.Random(1)  # noqa: S311 - jitter needs no secrecy
    app = build(settings, world.clock, environ={}, over=carrier, chance=chance)
    tasks = [asyncio.create_task(each) for each in (_poll(app), _read_chats(app))]
    watch = Watch(world, pairs)
    try:
        while time.elapsed < hours * 3600:
            await asyncio.sleep(LOOK)
            world.sandbox.forget_requests()
            watch.look(time.elapsed)
            if watch.flow_is(OFFLINE if 0 <= time.elapsed - NOON * hours * 3600 < AWAY else ONLINE):
                carrier.forget()
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await app.aclose()
    return Day(OPERATORS, hours, watch.ran_out, carrier.writes, carrier.reads, watch.all_online_after)


class Watch:
    """Looks at all operators now and then, and sends their agents away and back."""

    def __init__(self, world: World, pairs: list[tuple[Staff, Operator]]) -> None:
        self._world = world
        self._pairs = pairs
        self._were: list[tuple[bool, bool]] = []
        self._flow = ONLINE
        self.ran_out = 0
        self.all_online_after = 0.0

    def look(self, elapsed: float) -> None:
        """Count who is offline now and was online at the last look, with an agent online both times."""
        status_of = self._world.chaport.status_of
        now = [(agent.status_id == ONLINE, status_of(operator) == "online") for agent, operator in self._pairs]
        self.ran_out += sum(
            was == (True, True) and is_now == (True, False) for was, is_now in zip(self._were, now, strict=False)
        )
        self._were = now
        if not self.all_online_after and all(online for _, online in now):
            self.all_online_after = elapsed

    def flow_is(self, status: int) -> bool:
        """Half of the agents are in this status from now on; tell whether that is new."""
        if self._flow == status:
            return False
        self._flow = status
        for agent, _ in self._pairs[::2]:
            self._world.deskie.set_status(agent, status)
        return True


async def _poll(app: App) -> None:
    """Let the status flow poll, without a break after a long cycle."""
    loop, flow = asyncio.get_running_loop(), app.statuses
    assert flow is not None
    while True:
        due = loop.time() + flow.poll
        await flow.cycle()
        await asyncio.sleep(max(0.0, due - loop.time()))


async def _read_chats(app: App) -> None:
    """Ask for chats all the time, as a busy account does."""
    while True:
        await app.clients.chaport.visitors(1)
