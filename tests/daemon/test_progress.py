"""Well means progress: a flow that stands still is not spoken for by anybody (P10)."""

import asyncio

import httpx
import pytest

from chaport_sync.app import App
from chaport_sync.core.health import stale_after
from chaport_sync.daemon import ALIVE_WITHIN
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.ping import Ping
from chaport_sync.remembered import Remembered
from chaport_sync.store import Store
from chaport_sync.sync.transcripts.chat_reader import ChatReader
from tests.daemon.running import running
from tests.scraping import get
from tests.transcripts.stories import begin
from tests.world import World, only


def _hang(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let reading chats wait for something that does not come before it is set."""
    comes, original = asyncio.Event(), ChatReader.read

    async def read(reader: ChatReader, *, seconds: float | None) -> int:
        await comes.wait()
        return await original(reader, seconds=seconds)

    monkeypatch.setattr(ChatReader, "read", read)
    return comes


def _state(world: World, flow: str) -> str:
    """Return what `status` says of a flow."""
    path = world.folder / "state.db"
    store = Store.copy_of(path)
    try:
        known = Remembered(path, store, running=True, now=world.now() + world.clock.error)
        return "stale" if known.is_stale(flow) else "ok"
    finally:
        store.close()


async def test_a_flow_that_stands_still(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: the watchdog is not fed, STATUS and `status` say so, the log says it once; the other flow goes on."""
    world.pair("Ann")
    async with running(world, "transcripts.poll = 15", "status.poll = 15") as manager:
        await asyncio.sleep(60)
        comes = _hang(monkeypatch)
        await asyncio.sleep(2 * stale_after(15))
        manager.since()
        await asyncio.sleep(60)
        told = manager.since()
        assert "WATCHDOG=1" not in told
        assert any(line.startswith("STATUS=statuses ok, transcripts: nothing done for ") for line in told)
        assert (_state(world, "statuses"), _state(world, "transcripts")) == ("ok", "stale")
        failed = only(world.events("poll.failed"))
        assert failed["flow"] == "transcripts"
        assert failed["error"].startswith("nothing done for ")
        comes.set()
        await asyncio.sleep(40)
        assert "WATCHDOG=1" in manager.since()
        assert only(world.events("poll.recovered"))["flow"] == "transcripts"
        assert _state(world, "transcripts") == "ok"


async def test_before_its_first_poll_has_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: a flow that stands still from the beginning is not alive either."""
    _hang(monkeypatch)
    async with running(world) as manager:
        await asyncio.sleep(300)
        manager.since()
        await asyncio.sleep(60)
        assert "WATCHDOG=1" not in manager.since()


async def test_a_wait_without_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: whoever waits on purpose is alive, but not for ever."""

    async def read(reader: ChatReader, *, seconds: float | None) -> int:  # noqa: ARG001 - as the original
        await reader._clock.sleep(1e9)
        return 0

    monkeypatch.setattr(ChatReader, "read", read)
    async with running(world) as manager:
        await asyncio.sleep(300)
        manager.since()
        await asyncio.sleep(60)
        assert "WATCHDOG=1" not in manager.since()


async def test_a_long_cycle_is_alive(world: World) -> None:
    """P10: a flow that gets on within a cycle is well, however long that takes."""
    story = await begin(world, "transcripts.poll = 5")
    await world.stop()
    for number in range(40):
        visitor = world.chaport.add_visitor(f"Visitor {number}")
        world.chaport.visitor_says(world.chaport.start_chat(visitor, story.bot), f"Words {number}")
    async with running(world, 'transcripts.start = "2026-11-01"', "status.poll = 100") as manager:
        await asyncio.sleep(60)
        world.sandbox.faults.add("latency", times=None, seconds=19)
        manager.since()
        for _ in range(20):
            await asyncio.sleep(30)
            assert "WATCHDOG=1" in manager.since()
            assert _state(world, "transcripts") == "ok"
        assert not world.events("poll.failed")


@pytest.mark.parametrize("fault", ["hang", "reset_before", "error"])
async def test_a_service_that_is_down_is_not_ours_to_restart(world: World, fault: str) -> None:
    """P4, P10: whatever a service does or does not, the daemon is alive as long as it asks."""
    world.pair("Ann")
    async with running(world, "transcripts.poll = 1", "status.poll = 1") as manager:
        await asyncio.sleep(30)
        world.sandbox.faults.add(fault, times=None)  # type: ignore[arg-type]
        for _ in range(60):
            await asyncio.sleep(30)
            assert "WATCHDOG=1" in manager.since()


async def test_those_who_ask_from_outside(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: `/healthz` and the ping speak of the flow that stands still, though the other one goes on."""
    world.pair("Ann")
    heard: list[tuple[str, str]] = []

    def hear(request: httpx.Request) -> httpx.Response:
        heard.append((request.method, request.content.decode()))
        return httpx.Response(200)

    def monitor(app: App) -> Monitor:
        flows = [flow.name for flow in app.flows]
        ping = Ping("https://ping.example/1", app.clock, httpx.MockTransport(hear))
        return Monitor(app.store, app.clock, flows, tolerate=900, ping=ping)

    async with running(world, "transcripts.poll = 15", monitor=monitor, listen=("127.0.0.1", port)):
        await asyncio.sleep(60)
        assert get(port, "/healthz") == (200, "ok\n")
        _hang(monkeypatch)
        await asyncio.sleep(stale_after(15) + 15 + 60)
        code, text = get(port, "/healthz")
        assert code == 503
        assert text.startswith("transcripts: nothing done for ")
        method, reason = heard[-1]
        assert method == "POST"
        assert reason.startswith("transcripts: nothing done for ")


async def test_whether_a_restart_would_help(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """P10: `/livez` speaks of the process only: it is alive as long as it asks services that are down."""
    world.pair("Ann")
    async with running(world, "transcripts.poll = 15", "status.poll = 15", listen=("127.0.0.1", port)):
        await asyncio.sleep(60)
        world.sandbox.faults.add("error", times=None)
        await asyncio.sleep(3600)
        assert get(port, "/livez") == (200, "ok\n")
        world.sandbox.faults.clear()
        await asyncio.sleep(600)
        comes = _hang(monkeypatch)
        await asyncio.sleep(stale_after(15) + 30)
        assert get(port, "/livez")[0] == 200
        await asyncio.sleep(ALIVE_WITHIN)
        assert get(port, "/livez") == (503, "nothing makes progress; a restart is safe\n")
        comes.set()
        await asyncio.sleep(40)
        assert get(port, "/livez")[0] == 200


async def test_a_beat_in_the_future_says_nothing(world: World) -> None:
    """P10: what was written by a clock that was ahead is no sign of life."""
    world.pair("Ann")
    async with running(world):
        await asyncio.sleep(60)
    assert _state(world, "statuses") == "ok"
    world.clock.error = -3600.0
    assert _state(world, "statuses") == "stale"
