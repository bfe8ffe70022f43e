"""A state in memory whose transactions are appended to a log before anybody relies on them (P1, F4, K2).

What is committed waits in memory. `sync` appends all of it as one change; until the log has taken that change it is
the same one, so that it can be told from another writer's.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from chaport_sync.store import changelog, file
from chaport_sync.store.changelog import Log, Recorder
from chaport_sync.store.connection import Connection
from chaport_sync.store.errors import Fenced, StoreError

#: It is looked so often whether something is to be brought to the log (seconds).
LOOK_EVERY = 15.0


class LoggedConnection(Connection):
    """The connection to a state that a log keeps; from its opening on no earlier writer can append to that log.

    Attributes:
        fenced: Whether another writer works on this account. Then nothing of this state may be used any more.

    Raises:
        Fenced: Another writer has appended in this very moment.
        StoreError: The log cannot be used, or was written by a newer version.
    """

    sync_every = 60.0
    restarts = False
    otherwise = "correct the configuration, or give the account another name"

    def __init__(self, log: Log) -> None:
        self._log = log
        self._writer = secrets.token_hex(6)
        connection, last, self._snapshot_size, self._changes_size = changelog.loaded(log)
        try:
            self._seq = self._take_over(connection, last)
        except BaseException:
            connection.close()
            raise
        super().__init__(connection, Path(log.name))
        self.what = changelog.what(log)
        self.fenced = False
        self._recorder: Recorder | None = None
        self._pending: list[str] = []
        #: The change that is being appended, and how many of the pending transactions are in it.
        self._under_way: tuple[bytes, int] | None = None
        self._recorded = self._appended = 0

    def _take_over(self, connection: sqlite3.Connection, last: int) -> int:
        """Append an empty change, which refuses all earlier writers, and then the tables of this version."""
        seq = last + 1
        self._log.append(seq, changelog.encode(seq, self._writer, ()))
        if file.migrate(connection):
            content = changelog.snapshot(connection)
            self._log.put_snapshot(seq, content)
            self._snapshot_size, self._changes_size = len(content), 0
        return seq

    def once_more(self) -> Connection:
        """Return a copy of what is in the log; any thread may call it; raises `StoreError`."""
        return copied(self._log)

    def close(self) -> None:
        """Append what is pending, if the log takes it, and close; any thread may call it."""
        if not self._closed:
            with suppress(StoreError):
                self.sync()
        super().close()

    def ensure_held(self) -> None:
        """Raise `StoreError` unless the account is certainly held at this moment; `Fenced` if another has written."""
        with self._readable():
            if not self._log.holding():
                words = (
                    "is not certainly held by this worker; nothing is sent for this account until the database answers"
                )
                raise StoreError(f"{self.what} {words}")

    def sync(self) -> None:
        """Append all that is committed by now; it may take long, and any thread may call it.

        Threads that wait at the same time share one change.

        Raises:
            Fenced: Another writer works on this account; this state must not be used any more.
            StoreError: The log does not take it now; it stays pending.
        """
        wanted = self._recorded
        with self._syncing, self._readable():
            while self._appended < wanted:
                if self._under_way is None:
                    batch = self._pending.copy()
                    self._under_way = changelog.encode(self._seq + 1, self._writer, batch), len(batch)
                body, count = self._under_way
                try:
                    self._log.append(self._seq + 1, body)
                except Fenced:
                    self.fenced = True
                    raise
                self._under_way = None
                del self._pending[:count]
                self._seq += 1
                self._appended += count
                self._changes_size += len(body)

    @property
    def has_long_log(self) -> bool:
        """Whether it is time to tidy."""
        return changelog.is_outgrown(self._snapshot_size, self._changes_size)

    def tidy(self) -> None:
        """Put a new snapshot in the place of many changes; it may take long, and any thread may call it.

        It is made of the log alone, by the changes that certainly are in it: what is committed meanwhile is not.

        Raises:
            StoreError: The log cannot be used.
        """
        if not self.has_long_log:
            return
        with self._readable():
            last = self._seq
            body, first, changes = self._log.load()
            changes = changes[: max(0, last - first)]
            with changelog.in_memory(self._log, body) as copy:
                changelog.play(self._log, copy, first, changes)
                content = changelog.snapshot(copy)
                copy.close()
            self._log.put_snapshot(last, content)
            with self._syncing:
                self._snapshot_size, self._changes_size = len(content), self._changes_size - sum(map(len, changes))

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """Write all or nothing, and keep what was written for the log."""
        if self._recorder is not None:
            with self._readable():
                yield self._recorder
            return
        with super().writing() as write:
            self._recorder = Recorder(write)
            try:
                yield self._recorder
                noted = self._recorder.noted()
            finally:
                self._recorder = None
        if noted:
            self._pending.append(noted)
            self._recorded += 1

    @contextmanager
    def _readable(self) -> Iterator[None]:
        if self.fenced:
            raise Fenced(f"{self.what} is used by another worker; this one does nothing more with it")
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self.what} cannot be used: {error}; if it is damaged, restore a backup") from error


def copied(log: Log) -> Connection:
    """Return a connection to a copy in memory of what a log holds now; raises `StoreError`."""
    connection = changelog.loaded(log)[0]
    file.migrate(connection)
    copy = Connection(connection, Path(log.name))
    copy.what = changelog.what(log)
    copy.later = LoggedConnection.sync_every + LOOK_EVERY
    return copy
