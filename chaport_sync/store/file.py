"""The state file itself: opened, migrated, brought to the disk, and every error of it made readable (P7)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chaport_sync.store.errors import StoreError
from chaport_sync.store.place import cannot_be_made
from chaport_sync.store.schema import MIGRATIONS

#: Whoever finds the file locked by another program gives up after so many seconds, and the next cycle tries again:
#: the loop stands still meanwhile.
LONGEST_WAIT = 0.2
#: A log of this size is brought into the file (bytes).
LARGE_LOG = 1 << 20


class StillInUse(OSError):
    """Somebody reads what would have to be overwritten."""


@contextmanager
def readable_errors(path: Path | None) -> Iterator[None]:
    """Turn SQLite's and the system's errors into one that an administrator can act on."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        if path is not None and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            words = f"the file {path} is not a state file of chaport-sync, or is damaged"
            raise StoreError(f"{words}; set [state] path to another one, or if it was one move it away") from error
        if path is not None and isinstance(error, OSError) and (words := cannot_be_made(path)):
            raise StoreError(f"the state file {words}") from error
        where = path or "in memory"
        raise StoreError(
            f"the state file {where} cannot be used: {error}; check its disk and its permissions,"
            " or if it is damaged move it away"
        ) from error


def connect_beside(path: Path) -> sqlite3.Connection:
    """Open a state file beside the daemon that uses it; it is neither made nor migrated.

    Raises:
        StoreError: It is not ours, or of another version.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10)
    try:
        check(connection, path, older=False)
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the daemon does it
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open, fill or migrate a state file that is locked: its owner's only, safe against power loss.

    No transaction waits for the disk. `sync` brings the log of transactions there, and `checkpoint` brings it into the
    file; both may be called in other threads, as may `close`.

    Raises:
        StoreError: It is not ours, or was written by a newer version; then it is left untouched.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        check(connection, path)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000:.0f}")
    except BaseException:
        connection.close()
        raise
    return connection


def close(connection: sqlite3.Connection) -> None:
    """Close a state file; its log is brought into it and onto the disk, if nobody else uses it."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.close()


def sync(path: Path) -> None:
    """Wait until the log of a state file is on the disk, and with it every transaction that was committed.

    It may be called in any thread: closing this file gives no lock of SQLite back, as closing the other two would.
    """
    descriptor = os.open(_log_of(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checkpoint(path: Path) -> None:
    """Bring the log into the file itself, and both to the disk, while others read and write; in any thread.

    The log is emptied then. One that began anew over its old rows without a sync could be mixed up with them by a power
    cut.

    Raises:
        StillInUse: Not all of it could be brought there now.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=LONGEST_WAIT / 2)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        _, pages, brought = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if brought < pages:
            raise StillInUse("it is in use, and what the disk refused before is not on it yet")
        # Others cannot write meanwhile; but there is hardly anything left to bring to the disk.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def log_size(path: Path) -> int:
    """Return the size of the log in bytes, 0 if there is none."""
    try:
        return _log_of(path).stat().st_size
    except OSError:
        return 0


def _log_of(path: Path) -> Path:
    real = path.resolve()
    return real.with_name(real.name + "-wal")


def copy_in_memory(path: Path) -> sqlite3.Connection:
    """Return a copy of a state file, or an empty one: a dry run leaves nothing behind.

    Raises:
        StoreError: As `connect`.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        if path.is_file():
            # A reader would leave a journal behind where there is none; and where there is none, nobody writes.
            in_use = path.with_name(path.name + "-wal").exists()
            query = "mode=ro" if in_use else "mode=ro&immutable=1"
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True)) as source:
                source.backup(copy)
        check(copy, path)
        migrate(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def check(connection: sqlite3.Connection, path: Path, *, older: bool = True) -> None:
    """Refuse, without touching it, what this version cannot bring up to date, and unless `older` what it had to."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise StoreError(f"the state file {path} was written by a newer version of chaport-sync; install that one")
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and not version:
        raise StoreError(f"the file {path} is not a state file of chaport-sync; set [state] path to another one")
    if version < len(MIGRATIONS) and not older:
        raise StoreError(f"the state file {path} is of an older version; start the daemon once, which updates it")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the schema to this version, each step all or nothing."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")
    connection.execute("PRAGMA foreign_keys = ON")
