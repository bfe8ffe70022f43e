"""Finds the state file of a configuration, and opens a copy of it, so that the daemon need not wait."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chaport_sync.cli.people import UnknownError
from chaport_sync.paths import find_config, find_state
from chaport_sync.remembered import Remembered, damaged
from chaport_sync.store import Store, StoreError, is_in_use
from chaport_sync.times import WrongTimeError


@contextmanager
def remembered(config: Path | None, now: float) -> Iterator[Remembered]:
    """Give a copy of the state file of this configuration; no secret is needed.

    Raises:
        UnreadableFileError: The configuration cannot be read.
        StoreError: There is no state file, or it cannot be read; the message says which file and what to do.
    """
    path = locate(config)
    store = Store.copy_of(path)
    try:
        known = Remembered(path, store, is_in_use(path), now)
        _ = known.rules  # fails first if the file is damaged or old
        yield known
    except (StoreError, UnknownError, WrongTimeError):
        raise
    except Exception as error:
        # A traceback does not help an administrator. SQLite can tell whether the file is damaged or the code is wrong.
        if damage := store.connection.damage():
            raise StoreError(damaged(path, damage)) from error
        raise
    finally:
        store.close()


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
