"""Open, migrate and synchronise the state file (P7)."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from chaport_sync.store.errors import StoreError, readable_errors
from chaport_sync.store.schema import MIGRATIONS

#: If another program locks the file, a transaction fails after so many seconds, and the next cycle tries again. The
#: wait is short because it stops the loop.
LONGEST_WAIT = 0.2
#: A larger log is written into the file (bytes).
LARGE_LOG = 1 << 20
#: So many statements stay prepared, about what a cycle uses; each takes 8 KB.
STATEMENTS = 24


class StillInUse(OSError):
    """The log cannot be written into the file completely, because somebody uses the file."""


@contextmanager
def _opening(path: Path, database: Path | str, **options: Any) -> Iterator[sqlite3.Connection]:
    """Open a database for the state file `path`; if the block raises, it is closed again."""
    with readable_errors(path):
        connection = sqlite3.connect(database, isolation_level=None, cached_statements=STATEMENTS, **options)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise


def connect_beside(path: Path) -> sqlite3.Connection:
    """Open a state file while the daemon may use it; it is neither made nor migrated.

    Raises:
        StoreError: It is no state file of chaport-sync, or of another version.
    """
    with _opening(path, f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10) as connection:
        check(connection, path, older=False)
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the daemon does it
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a state file that a daemon uses, to read one state of it; nothing is copied, and the daemon need not wait.

    Raises:
        StoreError: As in `connect_beside`.
    """
    with _opening(path, f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1) as connection:
        check(connection, path, older=False)
        connection.execute("PRAGMA cache_size = -200")  # what is read once need not stay in memory
        connection.execute("BEGIN")
        return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open a locked state file, and make or migrate its tables; only its owner may read it.

    No transaction waits for the disk. `sync` brings the log of transactions to the disk, `checkpoint` writes it into
    the file; other threads may call both, and `close`.

    Raises:
        StoreError: It is no state file of chaport-sync, or of a newer version; then it is left untouched.
    """
    with _opening(path, path, check_same_thread=False) as connection:
        check(connection, path)
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(f"PRAGMA busy_timeout = {LONGEST_WAIT * 1000:.0f}")
        return connection


def close(connection: sqlite3.Connection) -> None:
    """Close a state file; if nobody else uses it, its log is written into it and brought to the disk."""
    if connection.in_transaction:  # of a reader
        connection.execute("ROLLBACK")
    connection.execute("PRAGMA synchronous = FULL")
    connection.close()


def sync(path: Path) -> None:
    """Wait until the log of a state file, with every committed transaction, is on the disk.

    Any thread may call it. Closing the log releases no lock of SQLite; closing its other two files would.
    """
    descriptor = os.open(_log_of(path), os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checkpoint(path: Path) -> None:
    """Write the log into the file, and both to the disk, while others read and write; any thread may call it.

    Then the log is emptied. If new transactions overwrote old ones in it without a sync, a power cut could mix both.

    Raises:
        StillInUse: A part of the log could not be written now.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=LONGEST_WAIT / 2)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        _, pages, brought = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if brought < pages:
            raise StillInUse("it is in use, and what the disk refused before is not on it yet")
        # Nobody else can write meanwhile, but little is left to be written.
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


def open_in_memory() -> sqlite3.Connection:
    """Return an empty database in memory; any thread may use it."""
    return sqlite3.connect(":memory:", isolation_level=None, cached_statements=STATEMENTS, check_same_thread=False)


def copy_in_memory(path: Path) -> sqlite3.Connection:
    """Return a copy of a state file in memory, an empty one if there is none; a dry run leaves nothing on the disk.

    Raises:
        StoreError: As in `connect`.
    """
    with _opening(path, ":memory:", check_same_thread=False) as copy:
        if path.is_file():
            # A reader would create a log, unless it says that the file does not change. Without a log nobody writes.
            in_use = path.with_name(path.name + "-wal").exists()
            query = "mode=ro" if in_use else "mode=ro&immutable=1"
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True)) as source:
                source.backup(copy)
        check(copy, path)
        migrate(copy)
        return copy


def check(connection: sqlite3.Connection, path: Path, *, older: bool = True) -> None:
    """Raise `StoreError` if this version cannot use the file; a file that needs a migration is allowed with `older`."""
    if is_newer(connection):
        raise StoreError(f"the state file {path} was written by a newer version of chaport-sync; install that one")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and not version:
        raise StoreError(f"the file {path} is not a state file of chaport-sync; set [state] path to another one")
    if version < len(MIGRATIONS) and not older:
        raise StoreError(f"the state file {path} is of an older version; start the daemon once, which updates it")


def is_newer(connection: sqlite3.Connection) -> bool:
    """Return whether a newer version wrote it."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return bool(version > len(MIGRATIONS))


def migrate(connection: sqlite3.Connection) -> bool:
    """Bring the tables to this version, each step all or nothing; return whether they were of an older one."""
    connection.execute("PRAGMA foreign_keys = OFF")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number in range(version, len(MIGRATIONS)):
        connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")
    if version < len(MIGRATIONS):
        connection.execute("PRAGMA shrink_memory")  # making tables leaves much in it
    connection.execute("PRAGMA foreign_keys = ON")
    return bool(version < len(MIGRATIONS))
