"""The daemon's end at moments that no process can be made to hit (P8)."""

import asyncio
import random
from dataclasses import dataclass, replace
from typing import Any

import pytest

from chaport_sync.app import App, build
from chaport_sync.configured import Configured, Source
from chaport_sync.daemon import Daemon
from chaport_sync.fleet import Fleet
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.share import Share
from chaport_sync.runner import Runner
from chaport_sync.systemd import Notifier
from tests.world import DaemonClock, World


@dataclass
class ClosingClients:
    """Both clients; whoever closes them is told to stop meanwhile."""

    clients: Any
    stop: Any

    async def aclose(self) -> None:
        """Close them, and be interrupted."""
        await self.clients.aclose()
        self.stop()


async def test_a_stop_while_a_reload_closes_the_old_connections(world: World) -> None:
    """P8: SIGTERM ends the daemon whenever it comes, in the middle of a reload as well."""
    world.pair()

    async def started() -> App:
        clock = DaemonClock(world.time)
        over, chance = world.sandbox.transport(), random.Random(1)
        app = build(world.settings(), clock, environ={}, over=over, chance=chance)
        clients: Any = ClosingClients(app.clients, daemon.stop)
        return replace(app, clients=clients)

    daemon = Daemon(lambda: Configured({"": Source(started)}), Notifier({}))
    running = asyncio.create_task(daemon.run())
    await asyncio.sleep(1)
    daemon.reload()
    await asyncio.wait_for(running, 30)
    assert world.log[-1]["event"] == "daemon.stopped"


async def test_a_reload_does_not_take_back_a_stop(world: World) -> None:
    """P8: whoever asks for a reload while the daemon ends does not keep it alive."""
    world.pair()

    async def started() -> App:
        clock, over = DaemonClock(world.time), world.sandbox.transport()
        return build(world.settings(), clock, environ={}, over=over, chance=random.Random(1))

    daemon = Daemon(lambda: Configured({"": Source(started)}), Notifier({}))
    running = asyncio.create_task(daemon.run())
    await asyncio.sleep(1)
    daemon.stop()
    daemon.reload()
    await asyncio.wait_for(running, 30)
    assert world.events("config.reloaded") == []


async def test_no_turn_begins_once_the_daemon_ends(world: World) -> None:
    """P8: a cycle that waited for the one before it does not begin on connections that are being closed."""
    world.pair()
    app = await world.start()
    assert app.statuses is not None
    runner = Runner(app.statuses, Monitor(app.store, app.clock), lambda: None)
    async with runner.turn:
        waiting = asyncio.create_task(runner.take_turn())
        await asyncio.sleep(1)
        runner.end()
    await waiting
    assert world.sandbox.journal == []


async def test_a_slow_disk_does_not_keep_the_daemon_from_its_end(world: World) -> None:
    """P8, P10: 10 s hold, though a cycle waits for the disk and the state file is still to be closed."""
    world.pair()
    clock = DaemonClock(world.time)

    async def started() -> App:
        return build(world.settings(), clock, environ={}, over=world.sandbox.transport(), chance=random.Random(1))

    daemon = Daemon(lambda: Configured({"": Source(started)}), Notifier({}))
    clock.disk_takes = 3600
    running = asyncio.create_task(daemon.run())
    await asyncio.sleep(30)
    assert world.writes("chaport") == []
    begun = world.time.elapsed
    daemon.stop()
    await running
    assert world.time.elapsed - begun < 10


class Broken:
    """A worker with a defect."""

    share = Share()

    async def run(self, fleet: Fleet) -> None:
        """Start an account, and fail a minute later."""
        fleet.begin("acme")
        await asyncio.sleep(60)
        raise RuntimeError("a defect")

    def leave(self) -> None:
        """Begin to end."""


async def test_a_worker_that_fails(world: World) -> None:
    """K1: without the worker nothing would ever be given back; the daemon ends, and others go on."""
    world.pair()

    async def started() -> App:
        clock, over = DaemonClock(world.time), world.sandbox.transport()
        return build(world.settings(), clock, environ={}, over=over, chance=random.Random(1))

    daemon = Daemon(lambda: Configured({"acme": Source(started)}, worker=Broken()), Notifier({}))
    with pytest.raises(RuntimeError, match="a defect"):
        await asyncio.wait_for(daemon.run(), 120)
