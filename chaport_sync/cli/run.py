"""`run`: the daemon in the foreground."""

import asyncio
import gc
import os
import sys
import threading
from collections.abc import Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from chaport_sync import logs
from chaport_sync.app import secrets
from chaport_sync.cli.live_config import LiveConfig
from chaport_sync.cli.run_in_cluster import HeldConfig, worker_of
from chaport_sync.config import ConfigError, Settings, load, load_accounts
from chaport_sync.config.cluster import Cluster
from chaport_sync.configured import Configured, Source
from chaport_sync.daemon import Daemon
from chaport_sync.monitoring.apprise_services import problems
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.paths import find_config
from chaport_sync.systemd import Notifier
from chaport_sync.web.access import Access

if TYPE_CHECKING:
    from chaport_sync.worker import Worker

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
        self._cluster: Cluster | None = None
        self._worker: Worker | None = None
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
        any_of_them = next(iter(settings.values()))  # what belongs to the process is the same for all
        self._join(any_of_them)
        sources = {name: self._source(name, its, always=found is None) for name, its in settings.items()}
        web = any_of_them.web
        # A dry run must not look like the daemon.
        listen = None if self._dry_run else web.address
        access = Access(web.password.get_secret_value(), remote=web.is_remote, names=web.names)
        rejected = {**wrong, **(found.rejected if found is not None else {})}
        return Configured(sources, rejected, listen, access, self._worker)

    def _join(self, settings: Settings) -> None:
        """Become a worker of the cluster that is configured, if there is one."""
        if self._cluster is None:
            self._cluster = settings.cluster
            if settings.cluster.url and not self._dry_run:
                self._worker = worker_of(settings.cluster)
                # The first account would do it, but that may take a while.
                self._set_up_logs(settings)
        elif settings.cluster != self._cluster:
            raise ConfigError(self._path, ("[cluster]: cannot change while the daemon runs; restart it",))

    def _source(self, name: str, settings: Settings, *, always: bool) -> Source:
        """Return what an account is run from; one that is alone starts over with each reload."""
        if name not in self._live:
            self._live[name] = self._new()
        live = self._live[name]
        known = None if always else settings
        return Source(
            live.build, partial(live.check, settings), partial(live.monitor, account=name), live.release, known
        )

    def _new(self) -> LiveConfig:
        if self._worker is not None:
            return HeldConfig(self._worker, self._metrics, self._set_up_logs)
        return LiveConfig(self._metrics, self._set_up_logs, dry_run=self._dry_run)

    def _set_up_logs(self, settings: Settings) -> None:
        wanted = (settings.log, settings.web.listen, settings.outdated, frozenset(self._secrets))
        if wanted == self._logs:
            return
        taps = [self._metrics.count] if settings.web.listen else []
        logs.setup(settings.log.level, settings.log.format, dry_run=self._dry_run, secrets=self._secrets, taps=taps)
        self._logs = wanted
        for words in settings.outdated:
            log.warning("config.outdated", problem=words)


def _not_understood(settings: Mapping[str, Settings]) -> Mapping[str, tuple[str, ...]]:
    """Return what is wrong with addresses of notices, by account; many accounts may have the same ones."""
    wrong = {urls: tuple(problems(urls)) for urls in {each.notify.addresses for each in settings.values()}}
    found = {name: wrong[each.notify.addresses] for name, each in settings.items()}
    return {name: tuple(f"{name}.toml: {one}" if name else one for one in each) for name, each in found.items() if each}
