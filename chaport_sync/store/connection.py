"""An open state file: read, written in transactions, and synchronised to the disk (P1, P7).

A committed transaction survives any end of the process, but not yet a loss of power. Before a request that relies on a
transaction is sent, `sync` brings it to the disk, in a thread, so that a slow disk does not stop the loop.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

from chaport_sync.store import file, rows
from chaport_sync.store.errors import StoreError, readable_errors
from chaport_sync.store.lock import Lock


def _legible(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class Connection:
    """One connection to a state file, which all parts of a store share.

    Attributes:
        path: The state file.
        what: The same, for people.
        commits: The number of committed transactions.
        damaged: The records that could not be read, in the order in which they were found.
        sync_every: So often (seconds) what no request relies on is brought to the disk: who was seen, when a flow was
            at work, when a chat is due. A loss of power costs the last of it, in order.
        later: For so long (seconds) what no request relies on may not be here yet.
        restarts: Whether a start means that somebody has looked at what stopped a flow; a take-over does not (T5, K1).
        otherwise: What to do if it belongs to other accounts, for people.
    """

    sync_every, later = 300.0, 0.0
    restarts = True
    otherwise = "set [state] path to another file, or move this one away"

    def __init__(
        self, connection: sqlite3.Connection, path: Path, lock: Lock | None = None, *, release: bool = True
    ) -> None:
        self._sqlite = connection
        self._sqlite.row_factory = sqlite3.Row
        self.path, self.what = path, f"the state file {path}"
        self._lock, self._release = lock, release
        self._closed = False
        self.commits = self._synced = 0
        self._syncing = threading.Lock()
        self._sync = file.sync
        self.damaged: dict[str, None] = {}

    def once_more(self) -> "Connection":
        """Return a connection to read one state of the same; any thread may call it; raises `StoreError`."""
        return Connection(file.connect_to_read(self.path), self.path)

    def close(self) -> None:
        """Close the file, and release the lock if it belongs to this connection; any thread may call it."""
        if self._closed:
            return
        self._closed = True
        try:
            file.close(self._sqlite)
        finally:
            if self._lock is not None and self._release:
                self._lock.release()
            self._lock = None

    @property
    def closed(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._closed

    @property
    def lost(self) -> list[Path]:
        """The files, of the state file and its lock, that were removed or replaced since they were opened."""
        return [] if self._lock is None else self._lock.lost

    def ensure_held(self) -> None:
        """Raise `StoreError` if another worker may have taken the account over (K2); a file's lock keeps it."""

    def sync(self) -> None:
        """Bring all that is committed by now to the disk; it may take long, and any thread may call it.

        Threads that wait at the same time share one sync.

        Raises:
            StoreError: The disk does not take it.
        """
        wanted = self.commits
        with self._syncing, self._readable():
            if self._lock is None or self._synced >= wanted:
                return
            covered = self.commits
            try:
                self._sync(self.path)
            except OSError:
                # Linux reports a lost write once. Later an fsync succeeds although the data is not on the disk.
                self._sync = file.checkpoint
                raise
            self._sync, self._synced = file.sync, covered

    @property
    def has_long_log(self) -> bool:
        """Whether it is time to tidy."""
        return self._lock is not None and file.log_size(self.path) > file.LARGE_LOG

    def tidy(self) -> None:
        """Write a long log into the file, so that no transaction has to do it; any thread may call it.

        Raises:
            StoreError: The disk does not take it.
        """
        if self.has_long_log:
            with self._readable(), suppress(file.StillInUse):
                file.checkpoint(self.path)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing; within another transaction, the writes become a part of that one."""
        with self._readable():
            if self._sqlite.in_transaction:
                yield self._sqlite
                return
            self._sqlite.execute("BEGIN IMMEDIATE")
            try:
                yield self._sqlite
                self._sqlite.execute("COMMIT")
            except BaseException:
                if self._sqlite.in_transaction:
                    self._sqlite.execute("ROLLBACK")
                raise
            self.commits += 1

    def records(self, reader: rows.Reader[rows.Record], query: str, *values: Any) -> list[rows.Record]:
        """Return the records that a query finds; damaged ones are set aside and left out (P3)."""
        return self.made(reader, self.all(query, *values))

    def made(self, reader: rows.Reader[rows.Record], found_rows: Iterable[sqlite3.Row]) -> list[rows.Record]:
        """Return the records of rows, as `records` does."""
        found = []
        for row in found_rows:
            try:
                found.append(reader(row))
            except rows.DamagedError:
                self.damaged[" ".join(map(str, [reader.what, *tuple(row)[:2]]))] = None
            except IndexError as error:
                words = f"{self.what} is damaged: a table lacks a column"
                raise StoreError(f"{words}; restore a backup, or move it away") from error
        return found

    def damage(self) -> str:
        """Return what SQLite's check of the whole file finds wrong, empty if nothing; it takes a while."""
        with self._readable():
            found: str = self._sqlite.execute("PRAGMA quick_check(1)").fetchone()[0]
        return "" if found == "ok" else found

    def one(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row that a query finds, None if there is none."""
        return next(iter(self.all(query, *values)), None)

    def all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows that a query finds."""
        with self._readable():
            return self._fetch(query, values)

    def _readable(self) -> AbstractContextManager[None]:
        return readable_errors(self.path)

    def _fetch(self, query: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        try:
            return self._sqlite.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        # A text is no valid UTF-8. From now on texts are read as far as possible, so that the other rows can be used.
        self._sqlite.text_factory = _legible
        return self._sqlite.execute(query, values).fetchall()
