"""`/metrics` and `/healthz`: figures of what was found, without names, on this machine."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.web import serving
from chaport_sync.web.access import Access
from chaport_sync.web.serving import Endpoint
from chaport_sync.web.site import Site
from tests.replies.answering import answering
from tests.scraping import Samples, get, scrape
from tests.statuses.steps import OFFLINE, polls, polls_for
from tests.transcripts.stories import begin
from tests.world import World


@dataclass
class Served:
    """The monitor of a run, and what is served of it."""

    monitor: Monitor
    port: int
    metrics: Metrics = field(default_factory=Metrics)

    def scraped(self) -> Samples:
        """Return the figures."""
        return scrape(self.port)

    def health(self) -> tuple[int, str]:
        """Return what `/healthz` answers."""
        return get(self.port, "/healthz")


@asynccontextmanager
async def served(world: World, port: int) -> AsyncIterator[Served]:
    """Start an app, and serve its metrics and `/healthz`."""
    app, metrics = await world.start(), Metrics()
    monitor = Monitor(app.store, app.clock, [flow.name for flow in app.flows], tolerate=900, metrics=metrics)
    found = Served(monitor, port, metrics)
    endpoint = Endpoint(
        Site(metrics.registry, lambda: True, lambda: (found.monitor.down(), found.monitor.behind), dict)
    )
    endpoint.listen(("127.0.0.1", port), Access())
    try:
        yield found
    finally:
        endpoint.close()


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_what_was_found(world: World, port: int) -> None:
    """Each flow's success as a timestamp, operators by status, chats, deliveries, events by name."""
    world.pair("Ann")
    world.pair("Bob", OFFLINE)
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        place.monitor.cycled("transcripts", await world.transcripts(), 0.25)
        place.metrics.count({"event": "status.changed", "level": "info", "operator": "ann@acme.example"})
        found = place.scraped()
        assert found["flow_last_success_timestamp_seconds", "statuses"] == pytest.approx(world.now(), abs=1)
        assert found["flow_up", "transcripts"] == 1
        assert (found["operators", "online"], found["operators", "offline"]) == (1, 1)
        assert (found["operators", "invisible"], found["operators", "unknown"]) == (0, 0)
        assert found["cycle_duration_seconds_sum", "statuses"] == 0.5
        assert [found["deliveries", state] for state in ("waiting", "held", "parked")] == [0, 0, 0]
        assert found["chats", "remembered"] == 0
        assert found["log_events_total", "status.changed", "info"] == 1


async def test_a_poll_that_fails(world: World, port: int) -> None:
    """S8: no answer is no figure: what was found last, and when, is told on, and that the flow is not up."""
    world.pair("Ann")
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        before = place.scraped()
        place.monitor.broke("statuses", "a defect: KeyError")
        found = place.scraped()
        success = ("flow_last_success_timestamp_seconds", "statuses")
        assert (found["flow_up", "statuses"], found[success]) == (0, before[success])
        assert (found["operators", "online"], found["operators", "offline"]) == (1, 0)


async def test_a_lease_that_is_over_unseen(world: World, port: int) -> None:
    """S5: while Chaport cannot be read an operator counts as online until its lease is over, and no longer."""
    world.pair("Ann")
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        world.sandbox.faults.outage("chaport")
        found = []
        for seconds in (300, 400):
            place.monitor.cycled("statuses", await polls_for(world, seconds), 0.5)
            samples = place.scraped()
            found.append((samples["operators", "online"], samples["operators", "offline"]))
        assert found == [(1, 0), (0, 1)]


@pytest.mark.parametrize("work", list(Work))
async def test_how_late_it_is(world: World, port: int, work: Work) -> None:
    """T7, P9: for how long whoever waits longest has been waiting, and how many wait; 0 when nobody does."""
    async with served(world, port) as place:
        report = await world.transcripts()
        place.monitor.cycled("transcripts", report, 0.5)
        found = place.scraped()
        assert (found[f"{work}_late_seconds",], found["visitors_waiting", work]) == (0, 0)
        place.monitor.cycled("transcripts", replace(report, late={work: Lateness(90.5, 12)}), 0.5)
        found = place.scraped()
        assert (found[f"{work}_late_seconds",], found["visitors_waiting", work]) == (90.5, 12)


async def test_a_flow_that_is_switched_off(world: World, port: int) -> None:
    """Nothing is told of a flow that a reload has switched off: what it did last would look like a failure for ever."""
    world.pair("Ann")
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        report = await world.transcripts()
        place.monitor.cycled("transcripts", replace(report, late={work: Lateness(90.5, 12) for work in Work}), 0.5)
        Monitor(world.app.store, world.clock, ["statuses"], metrics=place.metrics)
        found = place.scraped()
        assert ("flow_up", "statuses") in found
        gone = {"flow_up", "flow_last_success_timestamp_seconds", "chats", "deliveries", "visitors_waiting"}
        assert [key for key in found if key[0] in gone and key[-1] != "statuses"] == []
        assert [found[f"{work}_late_seconds",] for work in Work] == [0, 0]


async def test_late_is_not_down(world: World, port: int) -> None:
    """P10: a daemon that is late is well, and says how late it is."""
    async with served(world, port) as place:
        report = await world.transcripts()
        place.monitor.cycled("transcripts", report, 0.5)
        assert place.health() == (200, "ok\n")
        place.monitor.cycled("transcripts", replace(report, behind=("one is late", "so is the other")), 0.5)
        assert place.health() == (200, "ok; one is late; so is the other\n")


async def test_answers(world: World, port: int) -> None:
    """R1: answers that wait, and those that were never sent."""
    scene = await answering(world)
    async with served(world, port) as place:
        world.sandbox.faults.add("error", side="chaport", path="/messages", times=None, status=503)
        scene.answer("It left this morning.")
        scene.answer("I'll ask.", world.deskie.add_agent("Carl", "carl@acme.example"))
        assert world.app.replies is not None
        place.monitor.cycled("replies", await world.app.replies.cycle(), 0.5)
        found = place.scraped()
        assert (found["replies", "waiting"], found["replies", "parked"]) == (1, 1)


async def test_quiet_chats(world: World, port: int) -> None:
    """T3: chats in which only a bot has spoken wait for nothing, so that an alert on what waits is possible."""
    story = await begin(world)
    async with served(world, port) as place:
        story.bot_says("How can I help?", "Are you there?")
        place.monitor.cycled("transcripts", await world.transcripts(), 0.5)
        found = place.scraped()
        assert (found["deliveries", "waiting"], found["deliveries", "held"]) == (0, 2)


async def test_nobody_is_named(world: World, port: int) -> None:
    """No id, name or address of anybody is in the figures."""
    agent, operator = world.pair("Ann")
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        _, text = get(port, "/metrics")
        for secret in ("Ann", "acme.example", operator.id, str(agent.id)):
            assert secret not in text


async def test_healthz(world: World, port: int) -> None:
    """200 while no flow is down for longer than is tolerated, then 503 with the reason; other paths are 404."""
    world.pair("Ann")
    async with served(world, port) as place:
        place.monitor.cycled("statuses", await polls(world), 0.5)
        assert place.health() == (200, "ok\n")
        place.monitor.broke("transcripts", "a defect: KeyError")
        world.wait(901)
        place.monitor.cycled("statuses", await polls(world), 0.5)
        code, text = place.health()
        assert (code, text.endswith("min: a defect: KeyError\n")) == (503, True)
        assert get(port, "/nothing")[0] == 404


async def test_a_port_in_use(world: World) -> None:
    """Whoever watches is less important than what is watched: a port in use is told, and all else goes on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with served(world, taken.getsockname()[1]) as place:
            assert [event["error"] for event in world.events("web.failed")] == ["Address already in use"]
            place.monitor.cycled("statuses", await polls(world), 0.5)


async def test_few_connections_at_a_time(world: World, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may reach the port takes few of the daemon's descriptors, and none of them for long."""
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    # Or else the system lets a client wait that connects faster than the server accepts, a second at first.
    monkeypatch.setattr(serving._Bounded, "request_queue_size", 40)
    async with served(world, port) as place:
        before = _descriptors()
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
        for connection in slow:
            connection.settimeout(5)
        # The last ones are closed at once, the first ones after a while, though they go on to say something.
        assert slow[-1].recv(1) == b""
        assert _descriptors() - before <= 40 + serving.AT_ONCE + 1
        for connection in slow:
            with suppress(OSError):
                connection.send(b"G")
                assert connection.recv(1) == b""
            connection.close()
        monkeypatch.setattr(serving, "PATIENCE", 10.0)  # this one may be slow on a busy machine
        assert place.health()[0] in (200, 503)
