"""The state of a configuration beside whoever works on it: a copy of it, and who that is."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chaport_sync.config import Settings
from chaport_sync.state_file import open_store, state_path
from chaport_sync.store import Store, is_in_use

if TYPE_CHECKING:
    from chaport_sync.store.changelog import Log

# One machine needs nothing of the cluster: it is imported only where there is one.


def copy_beside(settings: Settings) -> Store:
    """Return a copy of the state of these settings, an empty one if there is none.

    Raises:
        StoreError: It cannot be read, or belongs to other accounts.
    """
    with log_beside(settings) as log:
        return open_store(settings, dry_run=True, log=log)


@contextmanager
def log_beside(settings: Settings) -> Iterator["Log | None"]:
    """Give the log of the state of these settings, only to be read; None if there is no cluster.

    Raises:
        StoreError: The cluster's database cannot be used.
    """
    if not settings.cluster.url:
        yield None
        return
    from chaport_sync.cluster.visit import visit  # noqa: PLC0415

    with visit(settings.cluster.url) as there:
        yield there.log(settings.account)


def worked_on_by(settings: Settings, environ: Mapping[str, str] = os.environ) -> str:
    """Return who works on the state of these settings, in words; empty if nobody does, or that cannot be seen.

    Raises:
        StoreError: The cluster's database cannot be used.
    """
    if settings.cluster.url:
        from chaport_sync.cluster.visit import visit  # noqa: PLC0415

        with visit(settings.cluster.url) as there:
            holder = there.seen.account(settings.account).holder
            return holder and f"{holder} works on {settings.account}"
    path = state_path(settings, environ)
    return f"a daemon runs on {path}" if path.exists() and is_in_use(path) else ""
