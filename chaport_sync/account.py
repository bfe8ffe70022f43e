"""One account in the daemon: its flows run from a start to a safe end, and start over with a new configuration (P8)."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

import structlog

from chaport_sync import __version__
from chaport_sync.app import App
from chaport_sync.configured import Source
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.runner import Runner
from chaport_sync.schedule import Schedule
from chaport_sync.state_watch import StateWatch
from chaport_sync.store import Store, StoreError

log = structlog.get_logger()

#: After a stop signal a running cycle may go on for so long (seconds); the whole stop may take 10 s (P8).
GRACE_AT_STOP = 8.0


class Account:
    """Runs the flows of one account until it is told to stop.

    Args:
        name: The account's name, empty if it is the only one.
        source: What it is run from.
        on_change: Called after each cycle, and at the start and the end of a run.

    Attributes:
        begun: Set once its first app is built, or it has ended without one.
        reloading: Whether it is to start over and has not done so yet.
        rejection: Why the newest configuration is not in force.
    """

    def __init__(self, name: str, source: Source, on_change: Callable[[], None]) -> None:
        self.name = name
        self.source = source
        self.begun = asyncio.Event()
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

    async def run(self, *, spread_over: float = 0.0) -> None:
        """Run until `stop`, and start over after each reload; the first poll is made within so many seconds.

        Raises:
            StoreError: The state file cannot be used, at the start or later.
        """
        app = None
        try:
            self.source.check()
            app = await self._built()
            if spread_over:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._over.wait(), app.chance.uniform(0.0, spread_over))
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
                app = await self.source.build()
                log.info("config.reloaded")
                self.reloading = False
                self._on_change()
        finally:
            if app is not None:
                await app.aclose()
            self.source.release()

    async def _built(self) -> App:
        app = await self.source.build()
        flows = [flow.name for flow in app.flows]
        if self.name:
            log.info("account.started", flows=flows)
        else:
            log.info("daemon.started", version=__version__, flows=flows)
        self.begun.set()
        return app

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
    def stopping(self) -> bool:
        """Whether it is to end."""
        return self._stopping

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
    def store(self) -> Store | None:
        """Return the state, None while no app runs. Other threads may ask."""
        app = self._app
        return None if app is None else app.store

    @property
    def behind(self) -> str:
        """Return which work is too late; empty if none is."""
        return self._monitor.behind if self._monitor is not None else ""

    @property
    def words(self) -> str:
        """Return how it does, for STATUS."""
        told: set[str] = set()
        words = ", ".join(runner.words(told) for runner in self._runners)
        words = words or ("every flow is switched off" if self.begun.is_set() else "starts")
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
