"""`move`: brings the state of accounts into a cluster's database, and back into their files (P7)."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from chaport_sync.cli.accounts import chosen
from chaport_sync.cli.exits import Code
from chaport_sync.cli.output import say
from chaport_sync.cluster.moving import delete, not_wanted, put, taken
from chaport_sync.cluster.visit import Visit, visit
from chaport_sync.cluster_database import find_database
from chaport_sync.config import ConfigError, Settings, load
from chaport_sync.core.wording import number
from chaport_sync.paths import UnreadableFileError, find_config
from chaport_sync.state_file import accounts_of, state_path
from chaport_sync.store import Busy, Foreign, Store, StoreError, take_lock
from chaport_sync.store.moving import MOVED, as_file, as_snapshot, set_aside
from chaport_sync.store.schema import MIGRATIONS


def run_move(config: Path | None, accounts: Sequence[str], deed: str, *, consent: bool) -> int:
    """Move the state of each account, and say what was done; return 0 only if all were moved, else the highest code.

    Args:
        config: The configuration.
        accounts: Their names.
        deed: "into", "out" or "forget".
        consent: Whether what is forgotten is really to be deleted.

    Raises:
        UnreadableFileError: The configuration cannot be read, or is not of a cluster.
        StoreError: The database cannot be used.
    """
    path = find_config(config, os.environ)
    database = find_database(path, os.environ)
    if not database:
        words = "[cluster] database: is not set; set it first, also to move accounts out of the cluster"
        raise UnreadableFileError(path, words)
    deeds: Mapping[str, Callable[[Visit, str], str]] = {
        "into": lambda there, _: _into(there, load(path, secrets_needed=False)),
        "out": lambda there, _: _out(there, load(path, secrets_needed=False)),
        "forget": lambda there, name: _forget(there, name, consent=consent),
    }
    code = Code.DONE
    with visit(database, make=deed == "into") as there:
        for name in accounts:
            try:
                with chosen(name):
                    say(f"{name}: {deeds[deed](there, name)}.")
            except (StoreError, UnreadableFileError, ConfigError) as error:
                code = max(code, _code(error))
                say(f"{name}: nothing was done: {error}", "bold red")
    return code


def _code(error: Exception) -> Code:
    if isinstance(error, Busy):
        return Code.BUSY
    return Code.FAILED if isinstance(error, StoreError) and not isinstance(error, Foreign) else Code.CONFIGURATION


def _into(there: Visit, settings: Settings) -> str:
    """Bring the state file of an account into the database, and set the file aside."""
    path, account = state_path(settings, os.environ), settings.account
    if not path.is_file():
        raise StoreError(f"there is no state file {path}, so there is nothing to move")
    moved = path.with_name(path.name + MOVED)
    if moved.exists():
        raise StoreError(f"there is a file {moved} of an earlier move; move it away, it is not replaced")
    lock = take_lock(path)
    try:
        store = Store.open(path, lock)
        try:
            store.bind(accounts_of(settings))
            chats = _counted(store)
        finally:
            store.close()
        with taken(there, account):
            put(there, account, as_snapshot(path), len(MIGRATIONS))
            set_aside(lock)
    finally:
        lock.release()
    return f"its state ({chats}) is in {there.place} now; the file is kept as {moved}, and nothing uses it"


def _out(there: Visit, settings: Settings) -> str:
    """Bring the state of an account into its file, and delete it from the database."""
    path, account = state_path(settings, os.environ), settings.account
    with taken(there, account):
        not_wanted(there, account)
        chats = _looked_at(there, account, settings)
        as_file(there.log(account), path)
        delete(there, account)
    return f"its state ({chats}) is in {path} now, and no longer in {there.place}"


def _forget(there: Visit, account: str, *, consent: bool) -> str:
    """Delete the state of an account from the database, if that is certainly wanted."""
    with taken(there, account):
        not_wanted(there, account)
        chats = _looked_at(there, account)
        if not consent:
            raise StoreError(f"its state ({chats}) in {there.place} would be lost for good; --yes deletes it")
        delete(there, account)
    return f"its state ({chats}) was deleted from {there.place}"


def _looked_at(there: Visit, account: str, settings: Settings | None = None) -> str:
    """Return how much the state in the database knows; with settings, make sure that it is of their accounts."""
    if not there.has_state(account):
        if settings is None and any(each.name == account for each in there.look().accounts):
            return "none"
        raise StoreError(f"there is no state of {account} in {there.place}; `chaport-sync workers` lists what is there")
    store = Store.copy_from(there.log(account))
    try:
        if settings is not None:
            store.bind(accounts_of(settings))
        return _counted(store)
    finally:
        store.close()


def _counted(store: Store) -> str:
    return number(store.counts.chats()["remembered"], "chat", "chats")
