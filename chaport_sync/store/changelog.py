"""The state as a log: a snapshot, which is a state file, and the changes after it, each a few transactions (F4, K2).

A change is the list of statements that changed rows, with their values. Played in order on the snapshot they give the
same state again, because no statement depends on anything but the rows and its values. The schema is never played: a
new one comes as a snapshot.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from chaport_sync.store import file
from chaport_sync.store.errors import StoreError

#: Changes are no reason for a new snapshot until they have so many bytes, nor until they have so many times those of
#: the snapshot. Both bound what a start has to read and play.
FEW, FACTOR = 1 << 15, 2


class Log(Protocol):
    """Where the changes of one account are kept, with numbers from 1 on. Several threads may use it at a time.

    Each method raises a `StoreError` that says for people what happened and what to do, if it did nothing or if
    that is not known.

    Attributes:
        name: The account, for people.
    """

    name: str

    def holding(self) -> bool:
        """Return whether the account is certainly held at this moment, so that no other worker runs it; at once."""

    def append(self, seq: int, body: bytes) -> None:
        """Add a change; adding the same body under the same number again is no error and changes nothing.

        Numbers that a snapshot covers count as taken, though their changes are gone.

        Raises:
            Fenced: Under this number is another body, so another writer works on this account.
            StoreError: Anything else; the body may be there or not.
        """

    def load(self) -> tuple[bytes | None, int, Sequence[bytes]]:
        """Return the snapshot, None if there is none, its number (0), and the changes after it, all of one moment."""

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Put the state after a change in the place of an older snapshot, and drop the changes that it covers.

        If the snapshot is not older, nothing is done.
        """


class Recorder:
    """Writes to a database, and notes each statement that changes a row, with its values.

    Whoever writes lets errors through, so that the transaction ends.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._noted: list[tuple[str, list[Sequence[Any]]]] = []

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute a statement."""
        before = self._connection.total_changes
        cursor = self._connection.execute(statement, values)
        if self._connection.total_changes != before:
            self._noted.append((statement, [values]))
        return cursor

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> sqlite3.Cursor:
        """Execute a statement with the values of each row."""
        rows, before = list(rows), self._connection.total_changes
        cursor = self._connection.executemany(statement, rows)
        if self._connection.total_changes != before:
            self._noted.append((statement, rows))
        return cursor

    def noted(self) -> str:
        """Return what was noted, as JSON without the outer brackets; empty if nothing was changed."""
        return json.dumps(self._noted, ensure_ascii=False, separators=(",", ":"), default=_as_json)[1:-1]


def encode(seq: int, writer: str, transactions: Iterable[str]) -> bytes:
    """Return the body of a change.

    Args:
        seq: Its number, so that one that is missing is noticed.
        writer: Who appends it, so that no two writers append equal bodies.
        transactions: What each noted.
    """
    return zlib.compress(f'[{seq},"{writer}",[{",".join(transactions)}]]'.encode())


def snapshot(connection: sqlite3.Connection) -> bytes:
    """Return the whole of a database as the body of a snapshot."""
    content = bytearray(connection.serialize())
    # A copy of a file that has a log of transactions says so, and would then be looked for on the disk.
    content[18:20] = b"\x01\x01"
    return zlib.compress(content)


def loaded(log: Log) -> tuple[sqlite3.Connection, int, int, int]:
    """Return the state that a log holds as a database in memory; it may be of an older version.

    Any thread may use the database. With it come the number of the last change, and the bytes of the snapshot and of
    the changes.

    Raises:
        StoreError: The log cannot be read, is damaged, or was written by a newer version.
    """
    body, first, changes = log.load()
    with in_memory(log, body) as connection:
        play(log, connection, first, changes)
        return connection, first + len(changes), len(body or b""), sum(map(len, changes))


@contextmanager
def in_memory(log: Log, body: bytes | None) -> Iterator[sqlite3.Connection]:
    """Open a snapshot in memory; if the block raises, it is closed again."""
    connection = file.open_in_memory()
    try:
        with _damage_told(log, "the snapshot"):
            if body is not None:
                connection.deserialize(zlib.decompress(body))
            newer = file.is_newer(connection)
        _refuse(log, newer=newer)
        yield connection
    except BaseException:
        connection.close()
        raise


def play(log: Log, connection: sqlite3.Connection, seq: int, changes: Iterable[bytes]) -> None:
    """Make the changes that follow number `seq`; all or nothing."""
    connection.execute("PRAGMA foreign_keys = ON")  # as it was when they were recorded
    connection.execute("BEGIN")
    for number, body in enumerate(changes, seq + 1):
        with _damage_told(log, f"change {number}"):
            found, _, statements = json.loads(zlib.decompress(body), object_hook=_from_json)
            if found != number:
                raise ValueError("it has another number")
            for statement, rows in statements:
                connection.executemany(statement, rows)
    connection.execute("COMMIT")


def is_outgrown(snapshot_size: int, changes_size: int) -> bool:
    """Return whether the changes have so many bytes that a new snapshot is worth it."""
    return changes_size > max(FEW, FACTOR * snapshot_size)


def _refuse(log: Log, *, newer: bool) -> None:
    if newer:
        raise StoreError(f"{what(log)} was written by a newer version of chaport-sync; install that one")


def what(log: Log) -> str:
    """Name the state in a log, for people."""
    return f"the state of {log.name} in the database"


@contextmanager
def _damage_told(log: Log, part: str) -> Iterator[None]:
    try:
        yield
    except (zlib.error, ValueError, TypeError, LookupError, sqlite3.Error) as error:
        raise StoreError(f"{what(log)} is damaged: {part} cannot be used: {error}; restore a backup") from error


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    raise TypeError(f"SQLite takes no {type(value).__name__}")


def _from_json(value: dict[str, str]) -> bytes:
    return bytes.fromhex(value["hex"])
