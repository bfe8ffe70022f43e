"""A state that is kept in a log: each start loads a snapshot and the changes after it."""

import sqlite3
from contextlib import AbstractContextManager, closing
from typing import Any

from chaport_sync.config import Settings
from chaport_sync.state_file import open_store
from chaport_sync.store import Store, changelog
from tests.simulation.state_file import StateFile
from tests.store.logs import MemoryLog, Way

#: A run of half an hour makes a few snapshots, instead of none.
FEW = 1 << 12


class StateLog(StateFile):
    """A log in memory.

    It keeps what was committed when its daemon dies, as the system does with a file; so a run is the same on both. If
    it `loses`, it keeps only what was appended: each death is what a power cut is for a file, and a disk that refuses
    is a log that cannot be reached.
    """

    def __init__(self, *, loses: bool) -> None:
        changelog.FEW = FEW
        self._loses = self.ends_the_hold = loses
        self._log = MemoryLog("it")
        self._way = self._next_way = self._way_to(self._log)
        self._store: Store | None = None
        self._sync_at = 0.0

    def store(self, settings: Settings, *, dry_run: bool) -> Store:
        """Open the state for another life of the daemon, or for a dry run beside it."""
        self._append()
        self._next_way = self._way_to(self._log)
        return open_store(settings, dry_run=dry_run, log=self._next_way)

    def begin(self, store: Store) -> None:
        """A life begins with this store."""
        self._store, self._way, self._sync_at = store, self._next_way, 0.0

    def die(self) -> None:
        """The life ends; what it has not appended may be lost."""
        self._way.refuses = self._loses
        self._append()
        self._store = None

    def refuse(self, *, refuses: bool) -> bool:
        """Let nothing reach the log; one that loses nothing refuses as a file does."""
        self._way.refuses = refuses and self._loses
        return self._loses

    def tidy(self, now: float) -> None:
        """Append and put a new snapshot if it is time; `now` in seconds of the run."""
        if self._store is None or self._way.refuses:
            return
        if now >= self._sync_at:
            self._store.connection.sync()
            self._sync_at = now + self._store.connection.sync_every
        self._store.connection.tidy()

    def opened(self) -> AbstractContextManager[sqlite3.Connection]:
        """Load the state as it is now, to read it."""
        self._append()
        return closing(changelog.loaded(self._log)[0])

    def copied(self) -> Any:
        """Return a copy of the log as it is now."""
        self._append()
        return self._log.copied()

    def replace(self, content: Any) -> None:
        """Put a copy of the log, or an empty one, in its place."""
        self._log = MemoryLog("it") if content is None else content.copied()

    def _way_to(self, log: MemoryLog) -> Way:
        return Way(log)

    def _append(self) -> None:
        if self._store is not None and not self._loses:
            self._store.connection.sync()
