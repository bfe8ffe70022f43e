"""The daemon: it runs the flows by a schedule and answers signals and the service manager (P7, P8)."""

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import structlog

from chaport_sync import __version__
from chaport_sync.app import App
from chaport_sync.config import ConfigError
from chaport_sync.core.settings_in_force import Rejection
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.runner import Runner
from chaport_sync.schedule import Schedule
from chaport_sync.state_watch import StateWatch
from chaport_sync.store import StoreError
from chaport_sync.systemd import Notifier

log = structlog.get_logger()

#: After a stop signal a running cycle may go on for so long (seconds); the whole stop may take 10 s (P8).
GRACE_AT_STOP = 8.0
#: READY is sent when each flow has tried once, and at the latest after so long (seconds): a first poll may take
#: minutes, and `systemctl start` must not wait for a service that is down.
STARTED_WITHIN = 10.0
#: The daemon checks so often whether each flow makes progress (seconds).
LOOK_EVERY = 10.0


class Daemon:
    """Runs an app until a signal stops it; a reload ends the app and starts a new one.

    Args:
        build: Reads the configuration and builds the app.
        check: Reads the configuration without touching the running app; raises `ConfigError` or `StoreError` if the
            configuration cannot be used.
        notifier: The socket of the service manager.
        monitor: Makes the monitor of a run; the default one tells nobody.
    """

    def __init__(
        self,
        build: Callable[[], App],
        check: Callable[[], None],
        notifier: Notifier,
        monitor: Callable[[App], Monitor] = lambda app: Monitor(app.store, app.clock),
    ) -> None:
        self._build = build
        self._check = check
        self._notifier = notifier
        self._monitor = monitor
        self._over = asyncio.Event()
        self._stopping = False
        self._ready = False
        self._told_ready = False
        self._rejection = Rejection()
        self._app: App | None = None
        self._watch: StateWatch | None = None
        self._runners: list[Runner] = []

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again and starts over with it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        looking = asyncio.create_task(self._look_after())
        app = self._build()
        try:
            log.info("daemon.started", version=__version__, flows=[flow.name for flow in app.flows])
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
                app = self._build()
                log.info("config.reloaded")
                self._end_reload()
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            await app.aclose()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)
        log.info("daemon.stopped")

    def stop(self) -> None:
        """End at the next safe point."""
        log.info("daemon.stopping")
        self._notifier.tell("STOPPING=1")
        self._stopping = True
        self._over.set()

    def reload(self) -> None:
        """Read the configuration again and start over with it; a wrong one changes nothing (P8).

        A stop that was asked for before is not taken back.
        """
        if self._stopping:
            return
        if self._told_ready:
            self._notifier.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            self._check()
        except (ConfigError, StoreError) as error:
            self._reject(list(getattr(error, "problems", [])) or [str(error)])
            self._end_reload()
            return
        self._rejection = Rejection()
        self._over.set()

    def _reject(self, problems: list[str]) -> None:
        """Tell that the old configuration stays in force: in the log, in STATUS, and in the state file for `status`."""
        log.error("config.rejected", problems=problems)
        self._rejection = Rejection(time.time(), tuple(problems))
        self._record_rejection()

    def _record_rejection(self) -> None:
        """Record for `status` whether the configuration was rejected; during a reload the next run records it."""
        if self._app is None or self._app.store.marks.get(Rejection) == self._rejection:
            return
        with suppress(StoreError):  # the flows log that the disk is full
            self._app.store.marks.put(self._rejection)

    def _end_reload(self) -> None:
        """Send READY, which ends a reload; STATUS tells how the flows do."""
        self._tell_status()
        if self._told_ready:
            self._notifier.tell("READY=1")

    async def _run(self, app: App) -> None:
        """Run the flows until a stop or a reload, then let each come to a safe point."""
        schedule = Schedule()
        monitor = self._monitor(app)
        self._watch = StateWatch(app)
        watching = asyncio.create_task(self._watch.watch())
        self._runners = [Runner(flow, monitor, self._tell) for flow in app.flows]
        self._app = app
        self._record_rejection()
        self._tell_status()
        for runner in self._runners:
            schedule.every(runner.flow.poll, runner.take_turn)
        schedule.start()
        started = asyncio.get_running_loop().call_later(STARTED_WITHIN, self._tell_ready)
        try:
            await self._over.wait()
        finally:
            started.cancel()
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

    def _tell(self) -> None:
        """Tell the news after a cycle: READY means that each flow has tried, `daemon.ready` that each could read."""
        self._tell_status()
        if all(runner.attempted for runner in self._runners):
            self._tell_ready()
        if not self._ready and not self._over.is_set() and all(runner.ready for runner in self._runners):
            self._ready = True
            log.info("daemon.ready")

    def _tell_ready(self) -> None:
        if not self._told_ready and not self._over.is_set():
            self._told_ready = True
            self._notifier.tell("READY=1")

    def _tell_status(self) -> None:
        told: set[str] = set()
        words = ", ".join(runner.words(told) for runner in self._runners) or "every flow is switched off"
        if self._rejection.problems:
            at = datetime.fromtimestamp(self._rejection.at)  # noqa: DTZ006 - as people here read it
            words = f"configuration rejected at {at:%H:%M}, the old one is in force; {words}"
        if self._watch is not None and self._watch.trouble:
            words = f"{self._watch.trouble}; {words}"
        self._notifier.tell(f"STATUS={words}")

    async def _look_after(self) -> None:
        """Check whether each flow makes progress; feed the watchdog only while all of them do (P10)."""
        watchdog = self._notifier.watchdog
        pause = min(LOOK_EVERY, watchdog / 3) if watchdog else LOOK_EVERY
        while True:
            for runner in self._runners:
                runner.look()
            if self._app is not None:
                self._app.clocks.look()
            if not any(runner.stands_still for runner in self._runners):
                if watchdog:
                    self._notifier.tell("WATCHDOG=1")
            else:
                self._tell_status()
            await asyncio.sleep(pause)
