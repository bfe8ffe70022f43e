"""Finds the state of a configuration, a file or in a cluster's database, and opens a copy that nobody waits for."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaport_sync.cli.people import UnknownError
from chaport_sync.cluster_database import find_database
from chaport_sync.paths import ACCOUNT_VARIABLE, find_config, find_state
from chaport_sync.remembered import Remembered, damaged
from chaport_sync.store import Store, StoreError, is_in_use
from chaport_sync.times import WrongTimeError

if TYPE_CHECKING:
    from chaport_sync.cluster.visit import Visit


@contextmanager
def remembered(config: Path | None, now: float) -> Iterator[Remembered]:
    """Give a copy of the state of this configuration; no secret of the services is needed.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state, or it cannot be read; the message says which and what to do.
    """
    database = find_database(find_config(config, os.environ), os.environ)
    known = _in_cluster(config, database, now) if database else _in_file(config, now)
    store = known.store
    try:
        _ = known.rules  # fails first if the state is damaged or old
        yield known
    except (StoreError, UnknownError, WrongTimeError):
        raise
    except Exception as error:
        # A traceback does not help an administrator. SQLite can tell whether the file is damaged or the code is wrong.
        if damage := store.connection.damage():
            raise StoreError(damaged(store, damage)) from error
        raise
    finally:
        store.close()


def visiting(config: Path | None) -> AbstractContextManager[Any]:
    """Let all that is read within the block come by one connection, if the configuration is of a cluster.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
    """
    database = find_database(find_config(config, os.environ), os.environ)
    return _visit(database) if database else nullcontext()


def _visit(database: str) -> AbstractContextManager["Visit"]:
    from chaport_sync.cluster.visit import visit

    return visit(database)


def _in_file(config: Path | None, now: float) -> Remembered:
    path = locate(config)
    return Remembered(path, Store.copy_of(path), is_in_use(path), now)


def _in_cluster(config: Path | None, database: str, now: float) -> Remembered:
    file = find_state(find_config(config, os.environ), os.environ)
    name = os.environ[ACCOUNT_VARIABLE]
    with _visit(database) as there:
        if not there.has_state(name):
            words = f"there is no state of {name} in {there.place} yet"
            mend = "start a worker that has its file"
            if os.path.exists(file):  # noqa: PTH110 - what may not be looked into is no error
                mend = f"its state is in {file}: `chaport-sync move --into-cluster {name}` brings it there"
            raise StoreError(f"{words}; {mend}")
        store = Store.copy_from(there.log(name))
        account = there.seen.account(name)
    return Remembered(f"{name} in {there.place}", store, account.is_worked_on, now, account)


def locate(config: Path | None) -> Path:
    """Return the path of a configuration's state file, which must exist.

    Raises:
        UnreadableFileError, StoreError: As `remembered`.
    """
    path = find_state(find_config(config, os.environ), os.environ)
    try:
        path.stat()
    except FileNotFoundError:
        if is_in_use(path):
            raise StoreError(
                f"the state file {path} was removed while a daemon uses it; stop the daemon,"
                " put the file back if you have it, and start it again"
            ) from None
        raise StoreError(
            f"there is no state file {path} yet; start the daemon, or name its configuration by --config"
        ) from None
    except OSError as error:
        raise StoreError(
            f"the state file {path} cannot be read: {error.strerror}; the service's is for root only: use sudo"
        ) from None
    if not os.access(path, os.R_OK):
        raise StoreError(f"the state file {path} cannot be read: it is for root only; use sudo")
    return path
