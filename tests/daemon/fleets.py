"""A daemon with several accounts in virtual time, each with both services of its own."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaport_sync.app import App, build
from chaport_sync.config import Settings
from chaport_sync.configured import Configured, Source
from chaport_sync.daemon import Daemon
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.store import StoreError
from tests.daemon.running import Manager
from tests.statuses.steps import shown
from tests.virtual_time import VirtualTime
from tests.world import DaemonClock, World


@dataclass
class Fleet:
    """A daemon with accounts, each with both services of its own, and the configuration that it reads next."""

    folder: Path
    time: VirtualTime
    log: list[dict[str, Any]]
    worlds: dict[str, World] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    rejected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    error: Exception = field(default_factory=lambda: StoreError("the state file is damaged"))
    manager: Manager = field(default_factory=Manager)
    built: list[str] = field(default_factory=list)
    listen: tuple[str, int] | None = None

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.daemon = Daemon(self.read, self.manager, self.metrics)

    def add(self, name: str, *lines: str) -> World:
        """Configure an account with an agent who is online, from the next reading on."""
        folder = self.folder / name
        folder.mkdir()
        world = self.worlds[name] = World(folder, self.time, self.log)
        world.pair("Ann")
        self.settings[name] = world.settings(*lines)
        return world

    def change(self, name: str) -> None:
        """Configure an account otherwise, from the next reading on."""
        self.settings[name] = self.worlds[name].settings("status.offline_grace = 60")

    def hang(self, name: str) -> None:
        """Let an account's status flow stand still from its next cycle on."""

        async def cycle(**_: Any) -> None:
            await asyncio.sleep(10**6)

        app = self.daemon._fleet.accounts[name]._app
        assert app is not None
        assert app.statuses is not None
        app.statuses.cycle = cycle  # type: ignore[assignment, method-assign]

    async def reload(self) -> None:
        """Let the daemon read what is configured now, and wait a minute; `built` tells of what it starts then."""
        self.built.clear()
        self.daemon.reload()
        await asyncio.sleep(60)

    def read(self) -> Configured:
        """Return what is configured now."""
        return Configured({name: self._source(name) for name in self.settings}, dict(self.rejected), self.listen)

    def _source(self, name: str) -> Source:
        world, settings = self.worlds[name], self.settings[name]

        async def started() -> App:
            if name in self.broken:
                raise self.error
            self.built.append(name)
            clock, over = DaemonClock(self.time), world.sandbox.transport()
            return build(settings, clock, environ={}, over=over, chance=random.Random(name))

        def monitor(app: App) -> Monitor:
            flows = [flow.name for flow in app.flows]
            return Monitor(app.store, app.clock, flows, tolerate=900, account=name, metrics=self.metrics)

        return Source(started, monitor=monitor, settings=settings)

    def online(self, name: str) -> bool:
        """Return whether the account's operator is online."""
        return shown(self.worlds[name]) == ["online"]

    @property
    def status(self) -> str:
        """What the service manager was told last of how it does."""
        return next(line for line in reversed(self.manager.told) if line.startswith("STATUS="))

    def told(self, event: str) -> list[str]:
        """Return the accounts of which the log tells an event, in order."""
        return [each["account"] for each in self.log if each["event"] == event]


@asynccontextmanager
async def fleet(world: World, prepare: Callable[[Fleet], object]) -> AsyncIterator[Fleet]:
    """Run a daemon with the accounts that `prepare` adds."""
    found = Fleet(world.folder, world.time, world.log)
    prepare(found)
    life = asyncio.create_task(found.daemon.run())
    try:
        yield found
    finally:
        if not life.done():
            found.daemon.stop()
        await life


def three(found: Fleet) -> None:
    """Configure three accounts."""
    for name in ("acme", "beta", "gamma"):
        found.add(name)
