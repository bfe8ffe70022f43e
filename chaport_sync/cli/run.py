"""`run`: the daemon in the foreground."""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path

import structlog

from chaport_sync import logs
from chaport_sync.app import App, build, secrets
from chaport_sync.clock import Clock
from chaport_sync.config import ConfigError, Settings, load, load_accounts
from chaport_sync.config.rules import notice_rules
from chaport_sync.configured import Configured, Source
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.daemon import Daemon
from chaport_sync.monitoring.apprise_services import problems, services
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.notices import Notices, forget
from chaport_sync.monitoring.ping import Ping
from chaport_sync.paths import find_config
from chaport_sync.state_file import open_store, state_path
from chaport_sync.store import Lock, StoreError, take_lock
from chaport_sync.systemd import Notifier
from chaport_sync.web.access import Access

log = structlog.get_logger()

#: How many more objects there are before the young ones are looked at, and how often before older ones, and all, are.
COLLECT_AFTER = (10_000, 10, 100)


def run_daemon(config: Path | None, *, dry_run: bool) -> None:
    """Run until a signal ends it.

    Raises:
        ConfigError: The configuration cannot be used.
        StoreError: The state file cannot be used, is in use, or belongs to other accounts.
    """
    metrics = Metrics()
    daemon = Daemon(LiveAccounts(find_config(config, os.environ), metrics, dry_run=dry_run).read, Notifier(), metrics)
    # The modules stay loaded; without the freeze each garbage collection would stop the loop for 20 ms.
    gc.collect()
    gc.freeze()
    # A look at all that a thousand accounts have takes a second, and next to nothing is ever left to be collected.
    gc.set_threshold(*COLLECT_AFTER)
    asyncio.run(_until_stopped(daemon))


async def _until_stopped(daemon: Daemon) -> None:
    await daemon.run()
    others = (thread for thread in threading.enumerate() if thread is not threading.main_thread())
    if any(not thread.daemon for thread in others):
        # Python would wait for these threads, and one may wait for a name server that does not answer (P8).
        sys.stderr.flush()
        os._exit(0)


class LiveAccounts:
    """The configurations in force, one for each account."""

    def __init__(self, path: Path, metrics: Metrics, *, dry_run: bool) -> None:
        self._path = path
        self._metrics = metrics
        self._dry_run = dry_run
        self._live: dict[str, LiveConfig] = {}
        self._secrets: set[str] = set()
        self._logs: object = None

    def read(self) -> Configured:
        """Read all that is configured; nothing of it is in force before it is checked and built.

        Raises:
            ConfigError: The configuration cannot be used.
        """
        found = load_accounts(self._path)
        settings = {"": load(self._path)} if found is None else found.settings
        wrong = _not_understood(settings)
        if len(wrong) == len(settings):
            raise ConfigError(self._path, tuple(chain.from_iterable(wrong.values())))
        settings = {name: its for name, its in settings.items() if name not in wrong}
        self._secrets.update(*map(secrets, settings.values()))
        sources = {name: self._source(name, its, always=found is None) for name, its in settings.items()}
        # All accounts have the same, as it is the shared file's. A dry run must not look like the daemon.
        web = next(iter(settings.values())).web
        listen = None if self._dry_run else web.address
        access = Access(web.password.get_secret_value(), remote=web.is_remote, names=web.names)
        return Configured(sources, {**wrong, **(found.rejected if found is not None else {})}, listen, access)

    def _source(self, name: str, settings: Settings, *, always: bool) -> Source:
        """Return what an account is run from; one that is alone starts over with each reload."""
        live = self._live.setdefault(name, LiveConfig(self._metrics, self._set_up_logs, dry_run=self._dry_run))
        known = None if always else settings
        return Source(
            live.build, partial(live.check, settings), partial(live.monitor, account=name), live.release, known
        )

    def _set_up_logs(self, settings: Settings) -> None:
        wanted = (settings.log, settings.web.listen, settings.outdated, frozenset(self._secrets))
        if wanted == self._logs:
            return
        taps = [self._metrics.count] if settings.web.listen else []
        logs.setup(settings.log.level, settings.log.format, dry_run=self._dry_run, secrets=self._secrets, taps=taps)
        self._logs = wanted
        for words in settings.outdated:
            log.warning("config.outdated", problem=words)


class LiveConfig:
    """The configuration in force of one account. A new one replaces it only after a good check (P8)."""

    def __init__(self, metrics: Metrics, set_up_logs: Callable[[Settings], None], *, dry_run: bool) -> None:
        self._dry_run = dry_run
        self._metrics = metrics
        self._set_up_logs = set_up_logs
        self._settings: Settings | None = None
        # The process keeps a lock from its first start on. A reload to another state file takes that lock first.
        self._lock: Lock | None = None
        self._next: Lock | None = None

    def check(self, settings: Settings) -> None:
        """Check new settings; of the running daemon only the recorded rules are written again.

        Raises:
            StoreError: They cannot be used.
        """
        state = state_path(settings, os.environ)
        if self._next is not None:
            self._next.release()
            self._next = None
        lock = self._lock
        if lock is not None and lock.path != state:
            lock = self._next = take_lock(state)
        if lock is not None and lock.lost:
            lost = " and ".join(map(str, lock.lost))
            raise StoreError(
                f"{lost} was removed or replaced; stop the daemon, put it back if you have it, and start it"
            )
        if self._dry_run or lock is not None:
            with closing(open_store(settings, dry_run=self._dry_run, lock=lock)) as store:
                # A test write: while the disk fails, the running app must stay, because it knows more than is recorded.
                store.marks.put(store.marks.get(RulesInForce))
        self._settings = settings

    async def build(self) -> App:
        """Return the app for the settings that were checked last."""
        settings = self._settings
        assert settings is not None  # noqa: S101 - each source is checked before it is built
        self._set_up_logs(settings)
        return build(settings, Clock(), dry_run=self._dry_run, lock=None if self._dry_run else self._locked(settings))

    def _locked(self, settings: Settings) -> Lock:
        state, before = state_path(settings, os.environ), self._lock
        if before is not None and before.path == state:
            return before
        self._lock, self._next = self._next or take_lock(state), None
        if before is not None:
            before.release()
        return self._lock

    def release(self) -> None:
        """Leave the state file to others."""
        for lock in filter(None, (self._lock, self._next)):
            lock.release()
        self._lock = self._next = None

    def monitor(self, app: App, account: str) -> Monitor:
        """Return the monitor of an app; a dry run's tells nobody, because a dry run must not look like the daemon."""
        if self._dry_run:
            return Monitor(app.store, app.clock)
        url = app.settings.health.ping_url.get_secret_value()
        return Monitor(
            app.store,
            app.clock,
            [flow.name for flow in app.flows],
            tolerate=app.settings.health.tolerate,
            account=account,
            metrics=self._metrics if app.settings.web.listen else None,
            ping=Ping(url, app.clock) if url else None,
            notices=_notices(app),
        )


def _not_understood(settings: Mapping[str, Settings]) -> Mapping[str, tuple[str, ...]]:
    """Return what is wrong with addresses of notices, by account; many accounts may have the same ones."""
    wrong = {urls: tuple(problems(urls)) for urls in {each.notify.addresses for each in settings.values()}}
    found = {name: wrong[each.notify.addresses] for name, each in settings.items()}
    return {name: tuple(f"{name}.toml: {one}" if name else one for one in each) for name, each in found.items() if each}


def _notices(app: App) -> Notices | None:
    urls = app.settings.notify.addresses
    if not urls:
        forget(app.store)
        return None
    flows = [flow.name for flow in app.flows]
    return Notices(app.store, app.clock, flows, notice_rules(app.settings), services(urls))
