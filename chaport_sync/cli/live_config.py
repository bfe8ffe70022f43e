"""The configuration in force of one account of the running daemon, and its state file (P7, P8)."""

import os
from collections.abc import Callable
from contextlib import closing

from chaport_sync.app import App, build
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.config.rules import notice_rules
from chaport_sync.core.settings_in_force import RulesInForce
from chaport_sync.monitoring.apprise_services import services
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.notices import Notices, forget
from chaport_sync.monitoring.ping import Ping
from chaport_sync.state_beside import copy_beside
from chaport_sync.state_file import open_store, state_path
from chaport_sync.store import Lock, StoreError, take_lock


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
            with closing(copy_beside(settings) if self._dry_run else open_store(settings, lock=lock)) as store:
                # A test write: while the disk fails, the running app must stay, because it knows more than is recorded.
                store.marks.put(store.marks.get(RulesInForce))
        self._settings = settings

    async def build(self) -> App:
        """Return the app for the settings that were checked last."""
        settings = self._settings
        assert settings is not None  # noqa: S101 - each source is checked before it is built
        self._set_up_logs(settings)
        if self._dry_run:
            return build(settings, Clock(), dry_run=True, store=copy_beside(settings))
        return build(settings, Clock(), lock=self._locked(settings))

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


def _notices(app: App) -> Notices | None:
    urls = app.settings.notify.addresses
    if not urls:
        forget(app.store)
        return None
    flows = [flow.name for flow in app.flows]
    return Notices(app.store, app.clock, flows, notice_rules(app.settings), services(urls))
