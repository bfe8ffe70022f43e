"""One account in the daemon: its flows run from a start to a safe end, and start over with a new configuration (P8)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from chaport_sync.app import App
from chaport_sync.config import Settings
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.runner import Runner
from chaport_sync.schedule import Schedule
from chaport_sync.state_watch import StateWatch
from chaport_sync.store import StoreError
from chaport_sync.web.access import Access

log = structlog.get_logger()

#: After a stop signal a running cycle may go on for so long (seconds); the whole stop may take 10 s (P8).
GRACE_AT_STOP = 8.0


@dataclass(frozen=True)
class Source:
    """What an account is run from.

    Attributes:
        build: Builds the app from the settings that were checked last; raises `StoreError`.
        check: Checks new settings without touching the running app; raises `StoreError`.
        monitor: Makes the monitor of a run; the default one tells nobody.
        release: Called once the account has ended.
        settings: The new settings, None if they are not known; while they are the same a reload starts nothing over.
    """

    build: Callable[[], App]
    check: Callable[[], None] = lambda: None
    monitor: Callable[[App], Monitor] = lambda app: Monitor(app.store, app.clock)
    release: Callable[[], None] = lambda: None
    settings: Settings | None = None


@dataclass(frozen=True)
class Configured:
    """The accounts of a configuration, by name, and those that cannot be run, with their problems.

    A configuration of one account gives it the empty name. `listen` is the host and the port of the site, None if
    there is none; `access` is who may see its page.
    """

    sources: Mapping[str, Source]
    rejected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listen: tuple[str, int] | None = None
    access: Access = field(default_factory=Access)


class Account:
    """Runs the flows of one account until it is told to stop.

    Args:
        name: The account's name, empty if it is the only one.
        source: What it is run from.
        on_change: Called after each cycle, and at the start and the end of a run.

    Attributes:
        reloading: Whether it is to start over and has not done so yet.
        rejection: Why the newest configuration is not in force.
    """

    def __init__(self, name: str, source: Source, on_change: Callable[[], None]) -> None:
        self.name = name
        self.source = source
        self.reloading = False
        self.rejection = Rejection()
        self._ready = False
        self._on_change = on_change
        self._over = asyncio.Event()
        self._stopping = False
        self._app: App | None = None
        self._monitor: Monitor | None = None
        self._watch: StateWatch | None = None
        self._runners: list[Runner] = []

    async def run(self, app: App, *, after: float = 0.0) -> None:
        """Run this app after so many seconds, and after each reload a new one, until `stop`.

        Raises:
            StoreError: The state file cannot be used any more.
        """
        try:
            if after:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), after)
            while True:
                await self._run(app)
                if self._stopping:
                    break
                # Cleared before the first wait, so that a signal during the wait ends the app that starts next.
                self._ready = False
                self._over.clear()
                await app.aclose()
                if self._stopping:
                    break
                app = self.source.build()
                log.info("config.reloaded")
                self.reloading = False
                self._on_change()
        finally:
            await app.aclose()
            self.source.release()

    def stop(self) -> None:
        """End at the next safe point."""
        self._stopping = True
        self._over.set()

    def reload(self, source: Source) -> None:
        """Start over from a new source, if its settings are others or not known; raises `StoreError` if it cannot."""
        if source.settings is None or source.settings != self.source.settings:
            source.check()
            self.source = source
            self.reloading = True
            self._over.set()
        self.rejection = Rejection()
        self._record_rejection()

    def reject(self, problems: Sequence[str]) -> None:
        """Note that the old configuration stays in force, also in the state file for `status`."""
        self.rejection = Rejection(time.time(), tuple(problems))
        self._record_rejection()

    @property
    def attempted(self) -> bool:
        """Whether the first cycle of each flow has ended, well or not."""
        return self._app is not None and all(runner.attempted for runner in self._runners)

    @property
    def stands_still(self) -> bool:
        """Whether a flow makes no progress."""
        return any(runner.stands_still for runner in self._runners)

    @property
    def well(self) -> bool:
        """Whether it runs, and nothing is to be told of it but that."""
        return not (self.rejection.problems or self._trouble) and all(runner.well for runner in self._runners)

    @property
    def down(self) -> str:
        """Return which flows are down, and why; empty while all is well. Other threads may ask."""
        return self._monitor.down() if self._monitor is not None else ""

    @property
    def state_file(self) -> Path | None:
        """Return the state file, None while no app runs. Other threads may ask."""
        app = self._app
        return None if app is None else app.store.connection.path

    @property
    def behind(self) -> str:
        """Return which work is too late; empty if none is."""
        return self._monitor.behind if self._monitor is not None else ""

    @property
    def words(self) -> str:
        """Return how it does, for STATUS."""
        told: set[str] = set()
        words = ", ".join(runner.words(told) for runner in self._runners) or "every flow is switched off"
        if self.rejection.problems:
            at = datetime.fromtimestamp(self.rejection.at)  # noqa: DTZ006 - as people here read it
            words = f"configuration rejected at {at:%H:%M}, the old one is in force; {words}"
        return f"{self._trouble}; {words}" if self._trouble else words

    def look(self) -> None:
        """Look whether each flow makes progress, and at the services' clocks."""
        for runner in self._runners:
            runner.look()
        if self._app is not None:
            self._app.clocks.look()

    @property
    def _trouble(self) -> str:
        return self._watch.trouble if self._watch is not None else ""

    def _record_rejection(self) -> None:
        """Record for `status` whether the configuration was rejected; during a reload the next run records it."""
        if self._app is None or self._app.store.marks.get(Rejection) == self.rejection:
            return
        with suppress(StoreError):  # the flows log that the disk is full
            self._app.store.marks.put(self.rejection)

    async def _run(self, app: App) -> None:
        """Run the flows until a stop or a reload, then let each come to a safe point."""
        schedule = Schedule(app.chance)
        monitor = self._monitor = self.source.monitor(app)
        self._watch = StateWatch(app)
        watching = asyncio.create_task(self._watch.watch())
        self._runners = [Runner(flow, monitor, self._cycled) for flow in app.flows]
        self._app = app
        self._record_rejection()
        self._on_change()
        for runner in self._runners:
            schedule.every(runner.flow.poll, runner.take_turn)
        schedule.start()
        try:
            await self._over.wait()
        finally:
            watching.cancel()
            self._app = None
            schedule.end()
            for runner in self._runners:
                runner.end()
            app.clock.stop()
            await self._settle()
            schedule.close()
            await monitor.aclose()

    async def _settle(self) -> None:
        """Wait until each cycle is at a safe point; the next start resolves a request that has no answer (P1)."""
        tasks = {runner.running for runner in self._runners if runner.running is not None}
        if not tasks:
            return
        _, unfinished = await asyncio.wait(tasks, timeout=GRACE_AT_STOP)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    def _cycled(self) -> None:
        if not self._ready and not self._over.is_set() and all(runner.ready for runner in self._runners):
            self._ready = True
            log.info("account.ready" if self.name else "daemon.ready")
        self._on_change()


@contextmanager
def logged_as(name: str) -> Iterator[None]:
    """Let what is logged meanwhile, and by tasks that begin meanwhile, name the account if it has a name."""
    with structlog.contextvars.bound_contextvars(**({"account": name} if name else {})):
        yield
