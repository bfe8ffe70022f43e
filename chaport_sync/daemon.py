"""The daemon: it runs its accounts, and answers signals and the service manager (P7, P8)."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial

import structlog

from chaport_sync import __version__
from chaport_sync.account import Account, Configured, Source, logged_as
from chaport_sync.condition import site, status
from chaport_sync.config import ConfigError
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.store import StoreError
from chaport_sync.systemd import Notifier
from chaport_sync.web.serving import Endpoint

log = structlog.get_logger()

#: READY is sent when each flow has tried once, and at the latest after so long (seconds): a first poll may take
#: minutes, and `systemctl start` must not wait for a service that is down.
STARTED_WITHIN = 10.0
#: The daemon checks so often whether each flow makes progress (seconds).
LOOK_EVERY = 10.0
#: The first polls of many accounts are spread over so long (seconds): over one poll.
SPREAD_OVER = 15.0


class Daemon:
    """Runs accounts until a signal stops it; a reload starts, stops and starts over what the configuration changes.

    An error of one of several accounts concerns that account only. An error of the only account ends the daemon.

    Args:
        read: Reads the configuration without touching what runs; raises `ConfigError` if it cannot be used.
        notifier: The socket of the service manager.
        metrics: What is served besides `/healthz`, if the configuration says where.
    """

    def __init__(self, read: Callable[[], Configured], notifier: Notifier, metrics: Metrics | None = None) -> None:
        self._read = read
        self._notifier = notifier
        self._over = asyncio.Event()
        self._stopping = False
        self._told_ready = False
        self._reloading = False
        self._accounts: dict[str, Account] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._left_out: dict[str, str] = {}
        self._error: BaseException | None = None
        self._metrics = metrics or Metrics()
        self._metrics.left_out = self._left_out
        self._endpoint = Endpoint(site(self._accounts, self._left_out, self._metrics))

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again.

        Raises:
            ConfigError, StoreError: The only account cannot be run, or no account can.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        looking = asyncio.create_task(self._look_after())
        started = loop.call_later(STARTED_WITHIN, self._tell_ready)
        try:
            await self._start(self._read())
            await self._over.wait()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
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
        for account in self._accounts.values():
            account.stop()
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
            self._reject_all(error.problems)
        else:
            self._follow(configured)
        self._tell()

    async def _start(self, configured: Configured) -> None:
        for name, source in configured.sources.items():
            if self._stopping:
                return
            self._add(name, source, spread=True)
            await asyncio.sleep(0)  # with hundreds of accounts a start takes a while
        # The first account has set up the log.
        self._leave_out(configured.rejected)
        if not self._accounts:
            raise StoreError("none of the accounts can be run; the log says why")
        self._endpoint.listen(configured.listen, configured.access)

    def _follow(self, configured: Configured) -> None:
        """Start what is new, stop what is gone, start over what has changed."""
        wanted = configured.sources.keys() | configured.rejected.keys()
        for name in self._accounts.keys() - wanted:
            with logged_as(name):
                log.info("account.removed")
            self._accounts[name].stop()
        self._left_out.clear()
        self._leave_out(configured.rejected)
        for name, source in configured.sources.items():
            if name not in self._accounts:
                self._add(name, source)
                continue
            with logged_as(name):
                try:
                    self._accounts[name].reload(source)
                except Exception as error:  # noqa: BLE001 - a defect of one concerns it alone (P4)
                    self._reject(name, [_words_of(error)])
        # A configuration that no account takes is not in force.
        if not all(account.rejection.problems for account in self._accounts.values()):
            self._endpoint.listen(configured.listen, configured.access)

    def _leave_out(self, rejected: Mapping[str, tuple[str, ...]]) -> None:
        for name, problems in rejected.items():
            with logged_as(name):
                self._reject(name, problems)

    def _reject_all(self, problems: Sequence[str]) -> None:
        log.error("config.rejected", problems=list(problems))
        for account in self._accounts.values():
            account.reject(problems)

    def _reject(self, name: str, problems: Sequence[str]) -> None:
        log.error("config.rejected", problems=list(problems))
        if name in self._accounts:
            self._accounts[name].reject(problems)
        else:
            self._left_out[name] = problems[0]

    def _add(self, name: str, source: Source, *, spread: bool = False) -> None:
        """Start an account; what keeps one of several from running is logged, and tried again at the next reload."""
        account = Account(name, source, self._tell)
        with logged_as(name):
            try:
                source.check()
                app = source.build()
            except Exception as error:
                if not name:
                    raise
                self._fail(name, _words_of(error))
                return
            flows = [flow.name for flow in app.flows]
            if name:
                log.info("account.started", flows=flows)
            else:
                log.info("daemon.started", version=__version__, flows=flows)
            after = app.chance.uniform(0.0, SPREAD_OVER) if name and spread else 0.0
            self._accounts[name] = account
            self._tasks[name] = asyncio.create_task(account.run(app, after=after))
        self._tasks[name].add_done_callback(partial(self._ended, name))
        if self._stopping:
            account.stop()

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        del self._accounts[name], self._tasks[name]
        self._metrics.forget(name)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        if not name:
            self._error = error
            self._over.set()
            return
        with logged_as(name):
            self._fail(name, _words_of(error))
        self._tell()

    def _fail(self, name: str, error: str) -> None:
        log.error("account.failed", error=error)
        self._left_out[name] = error

    def _tell(self) -> None:
        """Tell the news after a cycle: READY means that each flow has tried; it also ends a reload."""
        # With hundreds of accounts there are hundreds of cycles in a few seconds.
        if "" in self._accounts:
            self._tell_status()
        if not self._told_ready and all(account.attempted for account in self._accounts.values()):
            self._tell_ready()
        if self._reloading and not any(account.reloading for account in self._accounts.values()):
            self._reloading = False
            if self._told_ready:
                self._notifier.tell("READY=1")

    def _tell_ready(self) -> None:
        if not self._told_ready and not self._stopping:
            self._told_ready = True
            self._notifier.tell("READY=1")

    def _tell_status(self) -> None:
        self._notifier.tell(f"STATUS={status(self._accounts, self._left_out)}")

    async def _look_after(self) -> None:
        """Check whether each flow makes progress; feed the watchdog while any account is well in this (P10)."""
        watchdog = self._notifier.watchdog
        pause = min(LOOK_EVERY, watchdog / 3) if watchdog else LOOK_EVERY
        while True:
            for name, account in list(self._accounts.items()):
                with logged_as(name):
                    account.look()
            still = [account.stands_still for account in self._accounts.values()]
            well = not still or not all(still)
            if well and watchdog:
                self._notifier.tell("WATCHDOG=1")
            if not well or "" not in self._accounts:
                self._tell_status()
            await asyncio.sleep(pause)


def _words_of(error: BaseException) -> str:
    return str(error) if isinstance(error, StoreError) else f"a defect: {type(error).__name__}"
