"""A state file in use: opened, bound to its accounts, read, and written in transactions (P1, P7)."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from chaport_sync.store import file

PUT_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"


class StateFile:
    """One connection, and what is remembered by name."""

    def __init__(self, connection: sqlite3.Connection, path: Path, lock: int | None = None) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> Self:
        """Lock and open a state file; raises `Busy` or `StoreError`."""
        with file.readable_errors(path):
            if not path.parent.is_dir():
                # Others may look into what leads there, whatever the umask, and write into none of it.
                for above in reversed(path.parent.parents):
                    above.mkdir(mode=0o755, exist_ok=True)
                path.parent.mkdir(mode=0o700)
            lock = file.lock(path)
            try:
                return cls(file.connect(path), path, lock)
            except BaseException:
                os.close(lock)
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
            raise file.Foreign(
                f"the state file {self._path} belongs to {was}, the configuration names {now};"
                " set [state] path to another file, or move this one away"
            )
        told["accounts"] = accounts
        if any(self.recall(name) != value for name, value in told.items()):
            self.remember(**told)

    def close(self) -> None:
        """Close the file and give the lock back."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def recall(self, key: str, default: Any = None) -> Any:
        """Give a remembered value (anything that JSON can say)."""
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return default if row is None else json.loads(row["value"])

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
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def _one(self, query: str, *values: Any) -> sqlite3.Row | None:
        with file.readable_errors(self._path):
            row: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
        return row

    def _all(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with file.readable_errors(self._path):
            return self._connection.execute(query, values).fetchall()
