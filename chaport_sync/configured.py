"""What is configured: the accounts that are to run, each with what it is run from, and what is served."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from chaport_sync.app import App
from chaport_sync.config import Settings
from chaport_sync.monitoring.monitor import Monitor
from chaport_sync.monitoring.share import Share
from chaport_sync.web.access import Access

if TYPE_CHECKING:
    from chaport_sync.fleet import Fleet


@dataclass(frozen=True)
class Source:
    """What an account is run from.

    Attributes:
        build: Builds the app from the settings that were checked last; raises `StoreError`. It may take long.
        check: Checks new settings without touching the running app; raises `StoreError`.
        monitor: Makes the monitor of a run; the default one tells nobody.
        release: Called once the account has ended.
        settings: The new settings, None if they are not known; while they are the same a reload starts nothing over.
    """

    build: Callable[[], Awaitable[App]]
    check: Callable[[], None] = lambda: None
    monitor: Callable[[App], Monitor] = lambda app: Monitor(app.store, app.clock)
    release: Callable[[], None] = lambda: None
    settings: Settings | None = None


class Worker(Protocol):
    """Decides, together with the workers on other machines, which of the configured accounts run here."""

    @property
    def share(self) -> Share:
        """What it has of them, as of its last look."""

    async def run(self, fleet: "Fleet") -> None:
        """Take accounts and give them back until `leave`; then give back all, each as soon as it has ended."""

    def leave(self) -> None:
        """Begin to give everything back."""


@dataclass(frozen=True)
class Configured:
    """The accounts of a configuration, by name, and those that cannot be run, with their problems.

    A configuration of one account gives it the empty name. `listen` is the host and the port of the site, None if
    there is none; `access` is who may see its page. With a `worker` only what it holds is run.
    """

    sources: Mapping[str, Source]
    rejected: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listen: tuple[str, int] | None = None
    access: Access = field(default_factory=Access)
    worker: Worker | None = None
