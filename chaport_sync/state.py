"""The state file of a configuration: found, opened, and bound to its two accounts (P7)."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from chaport_sync.config import Settings, state_path
from chaport_sync.store import Store


def open_store(settings: Settings, *, dry_run: bool = False, environ: Mapping[str, str] = os.environ) -> Store:
    """Open the state file and check that it belongs to the configured accounts (P7)."""
    path = state_path(settings, environ)
    return _bound(Store.copy_of(path) if dry_run else Store.open(path), settings)


def open_store_beside(settings: Settings, environ: Mapping[str, str] = os.environ) -> Store:
    """Open the state file for a moment beside the daemon that uses it; it must be there (P7)."""
    return _bound(Store.beside(state_path(settings, environ)), settings)


def _bound(store: Store, settings: Settings) -> Store:
    try:
        store.bind({"deskie": urlsplit(settings.deskie.url).netloc, "chaport": urlsplit(settings.chaport.url).netloc})
    except BaseException:
        store.close()
        raise
    return store
