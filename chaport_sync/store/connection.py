"""A state file in use: opened, bound to its accounts, read, and written in transactions (P1, P7).

A transaction that is committed survives the end of the process, however that ends. Whoever sends a request that relies
on one brings it to the disk first, beside the loop, so that a slow disk holds up nobody else.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from chaport_sync.store import file, rows
from chaport_sync.store.errors import Foreign, StoreError
from chaport_sync.store.lock import Lock

Recalled = TypeVar("Recalled")

PUT_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"


def take_lock(path: Path) -> Lock:
    """Lock a state file, and make it and its directory where they are missing; raises `Busy` or `StoreError`."""
    with file.readable_errors(path):
        if not path.parent.is_dir():
            # Others may look into what leads there, whatever the umask, and write into none of it.
            for above in reversed(path.parent.parents):
                above.mkdir(mode=0o755, exist_ok=True)
            path.parent.mkdir(mode=0o700)
        return Lock(path)


def _legible(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class StateFile:
    """One connection, and what is remembered by name."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, lock: Lock | None = None, *, release: bool = True
    ) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._path = path
        self._lock, self._release = lock, release
        self._commits, self._closed = 0, False
        self._sync = file.sync
        #: What could not be read of it, in the order in which it was met.
        self.damaged: dict[str, None] = {}

    @classmethod
    def open(cls, path: Path, lock: Lock | None = None) -> Self:
        """Lock and open a state file, or one that is locked already; raises `Busy` or `StoreError`.

        Only the one who took the lock releases it.
        """
        held = lock or take_lock(path)
        with file.readable_errors(path):
            try:
                return cls(file.connect(path), path, held, release=lock is None)
            except BaseException:
                if lock is None:
                    held.release()
                raise

    @classmethod
    def copy_of(cls, path: Path) -> Self:
        """Work on a copy in memory: no lock, nothing left behind (a dry run)."""
        with file.readable_errors(path):
            return cls(file.copy_in_memory(path), path)

    @classmethod
    def beside(cls, path: Path) -> Self:
        """Open a state file for a moment while a daemon may use it: no lock; raises `StoreError`."""
        with file.readable_errors(path):
            return cls(file.connect_beside(path), path)

    def bind(self, accounts: dict[str, str], **told: Any) -> None:
        """Bind the state to its accounts at first, later check that it still belongs to them (P7).

        Args:
            accounts: The host of each service.
            told: What else is remembered from now on, by name.

        Raises:
            Foreign: It belongs to others.
        """
        known = self.recall("accounts")
        if known is not None and known != accounts:
            was, now = (", ".join(f"{service} {host}" for service, host in of.items()) for of in (known, accounts))
            raise Foreign(
                f"the state file {self._path} belongs to {was}, the configuration names {now};"
                " set [state] path to another file, or move this one away"
            )
        told["accounts"] = accounts
        if any(self.recall(name) != value for name, value in told.items()):
            self.remember(**told)

    def close(self) -> None:
        """Close the file, and give the lock back if it was taken for this; in any thread."""
        if self._closed:
            return
        self._closed = True
        file.close(self._connection)
        if self._lock is not None and self._release:
            self._lock.release()
        self._lock = None

    @property
    def lost(self) -> list[Path]:
        """What was removed or replaced of the state file and its lock since they were opened."""
        return [] if self._lock is None else self._lock.lost

    @property
    def commits(self) -> int:
        """How many transactions were committed."""
        return self._commits

    def sync(self) -> None:
        """Bring to the disk what was committed; it may take any time, and be done in any thread.

        Raises:
            StoreError: The disk does not take it.
        """
        if self._lock is None:
            return
        with file.readable_errors(self._path):
            try:
                self._sync(self._path)
            except OSError:
                # The system tells once that it lost something, and then takes its own copy for written.
                self._sync = file.checkpoint
                raise
        self._sync = file.sync

    def tidy(self) -> None:
        """Bring the log into the file where it has grown, before a transaction has to; in any thread.

        Raises:
            StoreError: The disk does not take it.
        """
        if self._lock is not None and file.log_size(self._path) > file.LARGE_LOG:
            with file.readable_errors(self._path), suppress(file.StillInUse):
                file.checkpoint(self._path)

    def recall(self, key: str, default: Any = None) -> Any:
        """Give a remembered value (anything that JSON can say)."""
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        try:
            return default if row is None else json.loads(row["value"])
        except ValueError:
            self._set_aside(f"what is remembered as {key}")
            return default

    def remember(self, **values: Any) -> None:
        """Remember values by name."""
        with self._writing() as write:
            write.executemany(PUT_META, [(k, json.dumps(v)) for k, v in values.items()])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with file.readable_errors(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
                self._commits += 1
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _recalled(self, record_type: type[Recalled], key: str) -> Recalled:
        """Give a remembered record, or an empty one."""
        try:
            return record_type(**self.recall(key, {}))
        except TypeError:
            self._set_aside(f"what is remembered as {key}")
            return record_type()

    def _records(self, reader: rows.Reader[rows.Record], query: str, *values: Any) -> list[rows.Record]:
        """Give the records of the rows that are found; one that is damaged keeps nobody from the others (P3)."""
        found = []
        for row in self._all(query, *values):
            try:
                found.append(reader(row))
            except rows.DamagedError:
                self._set_aside(" ".join(map(str, [reader.what, *tuple(row)[:2]])))
            except IndexError as error:
                words = f"the state file {self._path} is damaged: a table lacks a column"
                raise StoreError(f"{words}; restore a backup, or move it away") from error
        return found

    def _set_aside(self, what: str) -> None:
        self.damaged[what] = None

    def damage(self) -> str:
        """Say what SQLite itself finds wrong with the whole file, empty if nothing; it takes a while."""
        with file.readable_errors(self._path):
            found: str = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        return "" if found == "ok" else found

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        with file.readable_errors(self._path):
            return next(iter(self._fetch(query, values)), None)

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with file.readable_errors(self._path):
            return self._fetch(query, values)

    def _fetch(self, query: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        # A text is damaged: the others are not, and what is left of it may be enough.
        self._connection.text_factory = _legible
        try:
            return self._connection.execute(query, values).fetchall()
        finally:
            self._connection.text_factory = str
