"""The dead man's switch: success while all is well, a failure with its reason, and never in anybody's way."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from chaport_sync.monitoring import ping as pinging
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.ping import Ping
from tests.statuses.steps import polls
from tests.world import World

URL = "https://ping.example/5f2c-secret?create=1"
Answer = Callable[[httpx.Request], httpx.Response]


class Elsewhere(httpx.AsyncBaseTransport):
    """A monitor on the internet, which may fail."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.answer: Answer = lambda _: httpx.Response(200)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hear and answer."""
        self.heard.append((request.method, str(request.url), request.content.decode()))
        return self.answer(request)


async def _watched(world: World, elsewhere: Elsewhere) -> Monitor:
    app = await world.start("transcripts.enabled = false")
    return Monitor(app.store, app.clock, ["statuses"], tolerate=900, ping=Ping(URL, app.clock, elsewhere))


async def _polls(world: World, monitor: Monitor, times: int) -> None:
    for _ in range(times):
        monitor.cycled("statuses", await polls(world), 0.1)
        await asyncio.sleep(0.01)


async def test_success_once_a_minute(world: World) -> None:
    """A good cycle is told by the address alone, not more than once a minute."""
    world.pair("Ann")
    elsewhere = Elsewhere()
    monitor = await _watched(world, elsewhere)
    await _polls(world, monitor, 20)
    assert elsewhere.heard == [("GET", URL, "")] * 5
    await monitor.aclose()


async def test_failure_when_down_for_long(world: World) -> None:
    """Short failures are not told, long ones are, with the reason; and the recovery is told at once."""
    world.pair("Ann")
    elsewhere = Elsewhere()
    monitor = await _watched(world, elsewhere)
    await _polls(world, monitor, 1)
    world.sandbox.faults.outage("deskie")
    began = world.now()
    while len(elsewhere.heard) == 1:
        await _polls(world, monitor, 1)
    assert 900 < world.now() - began + 15 < 960
    method, address, reason = elsewhere.heard[1]
    assert (method, address) == ("POST", "https://ping.example/5f2c-secret/fail?create=1")
    assert reason.startswith("statuses: down for 15 min: Deskie: ")
    world.sandbox.faults.recover("deskie")
    while elsewhere.heard[-1][0] == "POST":
        await _polls(world, monitor, 1)
    assert elsewhere.heard[-1] == ("GET", URL, "")
    await monitor.aclose()


def _broken(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("all connection attempts failed for " + URL)


def _refusing(_: httpx.Request) -> httpx.Response:
    return httpx.Response(404, text=URL)


@pytest.mark.parametrize(
    ("answer", "error"), [pytest.param(_broken, "ConnectError", id="no way"), pytest.param(_refusing, "404", id="404")]
)
async def test_a_failing_monitor_is_told_once(world: World, answer: Answer, error: str) -> None:
    """A ping that fails is logged once, without its address, and nothing else suffers."""
    world.pair("Ann")
    elsewhere = Elsewhere()
    elsewhere.answer = answer
    monitor = await _watched(world, elsewhere)
    await _polls(world, monitor, 20)
    assert len(elsewhere.heard) == 5
    assert [event["error"] for event in world.events("ping.failed")] == [error]
    assert not world.events("poll.failed")
    assert "secret" not in str(world.log)
    elsewhere.answer = lambda _: httpx.Response(200)
    await _polls(world, monitor, 8)
    assert len(world.events("ping.recovered")) == 1
    await monitor.aclose()


async def test_a_monitor_that_hangs(world: World) -> None:
    """A monitor that never answers is given up, and holds up neither a cycle nor the end."""

    class Hanging(Elsewhere):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(3600)
            return await super().handle_async_request(request)

    world.pair("Ann")
    monitor = await _watched(world, Hanging())
    before = world.now()
    await _polls(world, monitor, 4)
    assert world.now() - before < 62
    await asyncio.sleep(pinging.PATIENCE)
    assert [event["error"] for event in world.events("ping.failed")] == ["TimeoutError"]
    await _polls(world, monitor, 1)
    await monitor.aclose()


class _Endless(httpx.AsyncByteStream):
    def __init__(self) -> None:
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.read < 100:
            self.read += 1
            yield b"x" * 1_000_000


async def test_the_answer_s_text_is_not_read(world: World) -> None:
    """Whoever answers the ping is somebody else: its status counts, and its text fills no memory."""
    world.pair("Ann")
    elsewhere, endless = Elsewhere(), _Endless()
    elsewhere.answer = lambda _: httpx.Response(200, stream=endless)
    monitor = await _watched(world, elsewhere)
    await _polls(world, monitor, 8)
    assert len(elsewhere.heard) >= 2
    assert endless.read == 0
    assert world.events("ping.failed") == []
    await monitor.aclose()
