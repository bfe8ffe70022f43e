"""The daemon: it runs its accounts, and answers signals and the service manager (P7, P8)."""

import asyncio
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from chaport_sync.account import logged_as
from chaport_sync.condition import site, status
from chaport_sync.config import ConfigError
from chaport_sync.configured import Configured, Worker
from chaport_sync.fleet import Fleet
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.share import Share, ShareFigures
from chaport_sync.systemd import Notifier
from chaport_sync.web.serving import Endpoint

log = structlog.get_logger()

#: READY is sent when each flow has tried once, and at the latest after so long (seconds): a first poll may take
#: minutes, and `systemctl start` must not wait for a service that is down.
STARTED_WITHIN = 10.0
#: The daemon checks so often whether each flow makes progress (seconds).
LOOK_EVERY = 10.0
#: `/livez` says so if no account was well in this for so long (seconds), as the watchdog of systemd/ does.
ALIVE_WITHIN = 120.0


class Daemon:
    """Runs accounts until a signal stops it; a reload starts, stops and starts over what the configuration changes.

    An error of the only account ends the daemon.

    Args:
        read: Reads the configuration without touching what runs; raises `ConfigError` if it cannot be used.
        notifier: The socket of the service manager.
        metrics: What is served besides `/healthz`, if the configuration says where.
    """

    def __init__(self, read: Callable[[], Configured], notifier: Notifier, metrics: Metrics | None = None) -> None:
        self._read = read
        self._notifier = notifier
        self._over = asyncio.Event()
        self._started = self._stopping = False
        self._told_ready = False
        self._reloading = False
        self._error: BaseException | None = None
        self._worker: Worker | None = None
        self._working: asyncio.Task[None] | None = None
        self._metrics = metrics or Metrics()
        self._fleet = Fleet(self._tell, self._ended)
        self._metrics.left_out = self._fleet.left_out
        self._time: Callable[[], float] = time.monotonic
        self._progress_at = self._time()
        shown = site(self._fleet.accounts, self._fleet.left_out, self._metrics, self._share, self._lives)
        self._endpoint = Endpoint(shown)

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again.

        Raises:
            ConfigError, StoreError: The only account cannot be run, or no account can.
        """
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self._progress_at = loop.time()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        looking = asyncio.create_task(self._look_after())
        started = loop.call_later(STARTED_WITHIN, self._tell_ready)
        try:
            configured = self._read()
            if configured.worker is None:
                await self._fleet.start(configured)
            else:
                self._join(configured.worker, configured)
            self._started = True
            if not self._over.is_set():
                self._endpoint.listen(configured.listen, configured.access)
                self._tell()
            await self._over.wait()
            await self._fleet.ended()
            if self._working is not None:
                await self._working
        finally:
            self._endpoint.close()
            started.cancel()
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                loop.remove_signal_handler(number)
        if self._error is not None:
            raise self._error
        log.info("daemon.stopped")

    def stop(self) -> None:
        """End at the next safe point."""
        log.info("daemon.stopping")
        self._notifier.tell("STOPPING=1")
        self._stopping = True
        if self._worker is not None:
            self._worker.leave()
        self._fleet.stop()
        self._over.set()

    def reload(self) -> None:
        """Read the configuration again, and run what it says; what cannot be used changes nothing (P8).

        A stop that was asked for before is not taken back.
        """
        if self._stopping:
            return
        if self._told_ready:
            self._notifier.tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        self._reloading = True
        try:
            configured = self._read()
        except ConfigError as error:
            self._fleet.reject_all(error.problems)
        else:
            self._fleet.follow(configured, new=self._worker is None)
            # A configuration that no account takes is not in force.
            if not all(account.rejection.problems for account in self._fleet.accounts.values()):
                self._endpoint.listen(configured.listen, configured.access)
        self._tell()

    def _join(self, worker: Worker, configured: Configured) -> None:
        """Let a worker decide which of the accounts run here."""
        self._worker = worker
        self._fleet.follow(configured, new=False)
        self._metrics.registry.register(ShareFigures(lambda: worker.share))
        self._working = asyncio.create_task(worker.run(self._fleet))
        self._working.add_done_callback(lambda _: self._unled())

    def _unled(self) -> None:
        """End all: the worker has left, or a defect has ended it; accounts without it would be held for ever."""
        self._fleet.stop()
        self._over.set()

    def _ended(self, name: str, error: BaseException | None) -> None:
        self._metrics.forget(name)
        if error is not None and not name:
            self._error = error
            self._over.set()
        self._tell()

    def _tell(self) -> None:
        """Tell the news after a cycle: READY means that each flow has tried; it also ends a reload."""
        accounts = self._fleet.accounts
        share = self._share()
        started = self._started and (share is None or share.known)
        # With hundreds of accounts there are hundreds of cycles in a few seconds.
        if "" in accounts:
            self._tell_status()
        if started and not self._told_ready and all(account.attempted for account in accounts.values()):
            self._tell_ready()
        if self._reloading and not any(account.reloading for account in accounts.values()):
            self._reloading = False
            if self._told_ready:
                self._notifier.tell("READY=1")

    def _tell_ready(self) -> None:
        if not self._told_ready and not self._stopping:
            self._told_ready = True
            self._notifier.tell("READY=1")

    def _share(self) -> Share | None:
        return None if self._worker is None else self._worker.share

    def _tell_status(self) -> None:
        self._notifier.tell(f"STATUS={status(self._fleet.accounts, self._fleet.left_out, self._share())}")

    def _lives(self) -> bool:
        """Return whether any account has made progress lately, or none is to run. Other threads may ask."""
        return self._time() - self._progress_at < ALIVE_WITHIN

    async def _look_after(self) -> None:
        """Check whether each flow makes progress; feed the watchdog while any account is well in this (P10)."""
        watchdog = self._notifier.watchdog
        pause = min(LOOK_EVERY, watchdog / 3) if watchdog else LOOK_EVERY
        while True:
            for name, account in list(self._fleet.accounts.items()):
                with logged_as(name):
                    account.look()
            still = [account.stands_still for account in self._fleet.accounts.values()]
            well = not still or not all(still)
            if well:
                self._progress_at = self._time()
            if well and watchdog:
                self._notifier.tell("WATCHDOG=1")
            if not well or "" not in self._fleet.accounts:
                self._tell_status()
            await asyncio.sleep(pause)
