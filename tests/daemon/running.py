"""The real daemon in virtual time, with its scheduler, and a service manager that listens."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chaport_sync.app import App, build
from chaport_sync.configured import Configured, Source
from chaport_sync.daemon import Daemon
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.systemd import Notifier
from tests.world import DaemonClock, World


class Manager(Notifier):
    """A service manager that keeps what it is told, and has a watchdog of two minutes."""

    def __init__(self) -> None:
        super().__init__({})
        self.watchdog = 120.0
        self.told: list[str] = []

    def tell(self, *lines: str) -> None:
        """Hear."""
        self.told += lines

    def since(self) -> list[str]:
        """Return what was told since this was asked last."""
        told, self.told = self.told, []
        return told


@asynccontextmanager
async def running(
    world: World,
    *lines: str,
    monitor: Callable[[App], Monitor] = lambda app: Monitor(app.store, app.clock),
    listen: tuple[str, int] | None = None,
    metrics: Metrics | None = None,
) -> AsyncIterator[Manager]:
    """Run the daemon with these configuration lines (`section.key = value`) while the block runs."""

    async def started() -> App:
        error = world.clock.error
        world.clock = DaemonClock(world.time)
        world.clock.error = error
        over, settings = world.sandbox.transport(), world.settings(*lines)
        return build(settings, world.clock, environ={}, over=over, chance=random.Random(1))

    manager = Manager()
    daemon = Daemon(lambda: Configured({"": Source(started, monitor=monitor)}, listen=listen), manager, metrics)
    life = asyncio.create_task(daemon.run())
    try:
        yield manager
    finally:
        daemon.stop()
        await life
