"""The schedule, the signals and the service manager; APScheduler lives here only (P7, P8)."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from chaport_sync import __version__
from chaport_sync.app import App
from chaport_sync.clock import Stopping
from chaport_sync.config import ConfigError
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.notify import Notifier
from chaport_sync.store import StoreError
from chaport_sync.sync.pulse import Pulse
from chaport_sync.sync.replies import ReplyHalf
from chaport_sync.sync.statuses import StatusHalf
from chaport_sync.sync.transcripts import TranscriptHalf

log = structlog.get_logger()

#: A cycle that is under way may go on for so long after a stop was asked for; 10 s are allowed in all (P8).
GRACE_AT_STOP = 8.0
#: The share of a poll by which its moment varies, so that many daemons do not ask at once.
JITTER = 0.1

Half = StatusHalf | TranscriptHalf | ReplyHalf


class Runner:
    """Runs one half's cycles and keeps its failures from ending anything but the cycle."""

    def __init__(self, half: Half, pulse: Pulse, monitor: Monitor, on_change: Callable[[], None]) -> None:
        self.half = half
        self._pulse = pulse
        self._monitor = monitor
        self.well = False
        self.ready = False
        self.running: asyncio.Task[None] | None = None
        self.turn = asyncio.Lock()
        self._broken = ""
        self._on_change = on_change

    async def cycle(self) -> None:
        """Run a cycle."""
        self.running = asyncio.current_task()
        began = time.monotonic()
        try:
            report = await self.half.cycle()
            self._pulse.note(self.half.name, report.errors, good=report.well)
            self._monitor.cycled(self.half.name, report, time.monotonic() - began)
        except Stopping:
            return
        except StoreError as error:
            self._failed(str(error))
        except Exception as error:  # noqa: BLE001 - a defect ends this cycle; the next one runs
            self._failed(f"a defect: {type(error).__name__}", defect=True)
        else:
            if self._broken:
                log.info("poll.recovered", half=self.half.name)
                self._broken = ""
            self.well = report.well
            self.ready = self.ready or report.good
        finally:
            self.running = None
            self._on_change()

    def _failed(self, error: str, *, defect: bool = False) -> None:
        self.well = False
        self._monitor.broke(self.half.name, error)
        if error != self._broken:
            log.error("poll.failed", half=self.half.name, error=error, exc_info=defect)
        self._broken = error


async def _turn(runner: Runner) -> None:
    """Run a cycle for the scheduler, after the one that is under way.

    The scheduler would log as an error that a stop cut it short.
    """
    with suppress(asyncio.CancelledError):
        async with runner.turn:
            await runner.cycle()


class Daemon:
    """Runs an app until it is told to stop, and starts over with a new one when the configuration is read again.

    Args:
        build: Reads the configuration and builds the app.
        check: Reads the configuration and says whether it could be used, without touching what runs; raises
            `ConfigError` or `StoreError` if not.
        notifier: The service manager.
        monitor: Makes what tells others of a run; by default nobody is told.
        dry_run: For the first event of the log.
    """

    def __init__(
        self,
        build: Callable[[], App],
        check: Callable[[], None],
        notifier: Notifier,
        monitor: Callable[[App], Monitor] = lambda app: Monitor(app.store, app.clock),
        *,
        dry_run: bool = False,
    ) -> None:
        self._build = build
        self._check = check
        self._notifier = notifier
        self._monitor = monitor
        self._dry_run = dry_run
        self._over = asyncio.Event()
        self._reload = False
        self._ready = False
        self._told_ready = False
        self._runners: list[Runner] = []

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP starts over with the configuration as it is then."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        watchdog = asyncio.create_task(self._feed_watchdog())
        app = self._build()
        try:
            log.info("daemon.started", version=__version__, halves=[half.name for half in app.halves])
            while True:
                await self._run(app)
                if not self._reload:
                    break
                self._reload, self._ready = False, False
                await app.aclose()
                self._over.clear()
                app = self._build()
                log.info("config.reloaded")
                self._reloaded()
        finally:
            watchdog.cancel()
            with suppress(asyncio.CancelledError):
                await watchdog
            await app.aclose()
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)
        log.info("daemon.stopped")

    def stop(self) -> None:
        """End at the next safe point."""
        log.info("daemon.stopping")
        self._notifier.tell("STOPPING=1")
        self._reload = False
        self._over.set()

    def reload(self) -> None:
        """Start over with the configuration as it is now; one that cannot be used changes nothing (P8)."""
        if self._told_ready:
            self._notifier.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            self._check()
        except (ConfigError, StoreError) as error:
            problems = list(getattr(error, "problems", [])) or [str(error)]
            log.error("config.rejected", problems=problems)  # noqa: TRY400 - a person's mistake needs no traceback
            self._reloaded()
            return
        self._reload = True
        self._over.set()

    def _reloaded(self) -> None:
        """End what RELOADING began: the configuration is read; whether the halves get on, STATUS tells."""
        if self._told_ready:
            self._notifier.tell("READY=1")

    async def _run(self, app: App) -> None:
        """Run the halves until something ends it, then let them come to a safe point."""
        # APScheduler warns whenever a long cycle makes it skip a turn; that is what coalescing is for.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        scheduler = AsyncIOScheduler(timezone=UTC)
        pulse, monitor = Pulse(app.store, app.clock), self._monitor(app)
        self._runners = [Runner(half, pulse, monitor, self._tell) for half in app.halves]
        for runner in self._runners:
            poll = runner.half.poll
            scheduler.add_job(
                _turn,
                args=[runner],
                trigger=IntervalTrigger(seconds=poll, jitter=poll * JITTER, timezone=UTC),
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=2,  # one that runs, and the next turn: it begins at once where a cycle takes long
                misfire_grace_time=None,
            )
        scheduler.start()
        try:
            await self._over.wait()
        finally:
            scheduler.remove_all_jobs()
            app.clock.stop()
            await self._settle()
            scheduler.shutdown(wait=False)
            await monitor.aclose()

    async def _settle(self) -> None:
        """Let cycles come to a safe point; a request without an answer is resolved by the next start (P1)."""
        tasks = {runner.running for runner in self._runners if runner.running is not None}
        if not tasks:
            return
        _, unfinished = await asyncio.wait(tasks, timeout=GRACE_AT_STOP)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    def _tell(self) -> None:
        if not self._ready and not self._over.is_set() and all(runner.ready for runner in self._runners):
            self._ready = self._told_ready = True
            log.info("daemon.ready")
            self._notifier.tell("READY=1")
        words = [f"{runner.half.name} {'ok' if runner.well else 'failing'}" for runner in self._runners]
        self._notifier.tell(f"STATUS={', '.join(words) or 'every half is switched off'}")

    async def _feed_watchdog(self) -> None:
        """Say from the loop that does the work that it turns; without a watchdog say nothing."""
        while self._notifier.watchdog:
            self._notifier.tell("WATCHDOG=1")
            await asyncio.sleep(self._notifier.watchdog / 3)
