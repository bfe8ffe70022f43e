"""Opening the state file of a configuration: it belongs to two accounts, and it keeps the rules in force (P7)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chaport_sync import paths
from chaport_sync.config import Settings
from chaport_sync.config.rules import case_rules, presence_rules
from chaport_sync.core.settings_in_force import Accounts, RulesInForce
from chaport_sync.store import Lock, Store, StoreError

if TYPE_CHECKING:
    from chaport_sync.store.changelog import Log

#: The section of the configuration for each flow.
_SECTIONS = {"statuses": "status", "transcripts": "transcripts", "replies": "replies"}


def state_path(settings: Settings, environ: Mapping[str, str]) -> Path:
    """Return the state file of these settings (P7). Neither it nor its directory need exist."""
    return paths.state_path(settings.state.path, settings.file, environ)


def accounts_of(settings: Settings) -> Accounts:
    """Return the accounts to which the state of these settings belongs (P7)."""
    return Accounts(urlsplit(settings.deskie.url).netloc, urlsplit(settings.chaport.url).netloc)


def open_store(
    settings: Settings,
    *,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
    lock: Lock | None = None,
    log: "Log | None" = None,
) -> Store:
    """Open the state file, or the state that a `log` keeps, and check that it belongs to the configured accounts (P7).

    The rules in force are recorded in the file: commands show those, even if the configuration has changed since.
    `lock` is the file's lock, if the caller holds it already.

    Raises:
        StoreError: The file cannot be used, is in use, or belongs to other accounts.
    """
    if log is not None:
        store = Store.copy_from(log) if dry_run else Store.on(log)
    elif settings.cluster.url and not dry_run:
        words = f"the state of {settings.account} is in the cluster's database, where only a worker writes it"
        raise StoreError(f"{words}; give --dry-run, or leave it to the workers")
    else:
        path = state_path(settings, environ)
        store = Store.copy_of(path) if dry_run else Store.open(path, lock)
    try:
        bind(store, settings)
        if log is not None and not dry_run:
            store.connection.sync()  # commands read the rules in the log
    except BaseException:
        store.close()
        raise
    return store


def bind(store: Store, settings: Settings) -> None:
    """Check that a state belongs to the configured accounts, and record the rules in force (P7).

    Raises:
        StoreError: It belongs to other accounts, or cannot be used.
    """
    store.bind(
        accounts_of(settings),
        RulesInForce(
            tuple(flow for flow, section in _SECTIONS.items() if getattr(settings, section).enabled),
            {flow: getattr(settings, section).poll for flow, section in _SECTIONS.items()},
            settings.state.keep,
            presence_rules(settings),
            case_rules(settings),
        ),
    )
