"""`run` as a worker of a cluster: the state of an account is in the database, and there is no state file."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from chaport_sync.app import App, build
from chaport_sync.cli.live_config import LiveConfig
from chaport_sync.clock import Clock
from chaport_sync.config import Settings
from chaport_sync.monitoring.metrics import Metrics
from chaport_sync.state_file import bind, open_store

if TYPE_CHECKING:
    from chaport_sync.config.cluster import Cluster
    from chaport_sync.worker import Worker


def worker_of(cluster: "Cluster") -> "Worker":
    """Return the worker that a configuration names; nothing is opened yet."""
    from chaport_sync.worker import Worker

    return Worker(cluster.url, cluster.name)


class HeldConfig(LiveConfig):
    """The configuration in force of an account of a cluster."""

    def __init__(self, worker: "Worker", metrics: Metrics, set_up_logs: Callable[[Settings], None]) -> None:
        super().__init__(metrics, set_up_logs, dry_run=False)
        self._worker = worker
        self._app: App | None = None

    def check(self, settings: Settings) -> None:
        """Check that a running account can start over with new settings; raises `StoreError` if not.

        Its state must belong to them too, and the database must be there: without it the running app must stay, because
        it knows more than is recorded, and renews what is online.
        """
        if self._app is not None and not self._app.store.connection.closed:
            self._app.store.connection.ensure_held()
            bind(self._app.store, settings)
        self._settings = settings

    async def build(self) -> App:
        """Return the app for the settings that were checked last; the state is loaded from the database."""
        settings = self._settings
        assert settings is not None  # noqa: S101 - each source is checked before it is built
        self._set_up_logs(settings)
        log = self._worker.log_of(settings.account)
        store = await self._worker.load(partial(open_store, settings, log=log))
        self._app = build(settings, Clock(), store=store)
        return self._app

    def release(self) -> None:
        """Forget the state, which belongs to another worker from now on."""
        self._app = None
