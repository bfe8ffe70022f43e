"""Where a daemon's state is kept, and what may happen to it while no daemon uses it: loss, or an older copy."""

import sqlite3
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from chaport_sync.config import Settings
from chaport_sync.store import Store


class StateFile:
    """A state file, which keeps what was committed when its daemon dies."""

    #: Whether renewals end after the hold while nothing can be recorded (K4).
    ends_the_hold = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def store(self, settings: Settings, *, dry_run: bool) -> Store | None:  # noqa: ARG002 - a daemon opens a file itself
        """Open what another life of the daemon, or a dry run beside it, needs besides the file."""
        return None

    def begin(self, store: Store) -> None:
        """A life begins with this store."""

    def die(self) -> None:
        """The life ends without having closed its store."""

    def refuse(self, *, refuses: bool) -> bool:  # noqa: ARG002 - a file is refused where it is written
        """Take nothing more, or take it again; return whether that is possible."""
        return False

    def tidy(self, now: float) -> None:
        """Do now and then what the daemon does beside its flows; `now` in seconds of the run."""

    def opened(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the state as it is now, to read it."""
        return closing(sqlite3.connect(self._path))

    def has_begun(self) -> bool:
        """Return whether the state knows when the daemon was first started (T6)."""
        with self.opened() as source:
            return source.execute("SELECT 1 FROM meta WHERE key = 'Start'").fetchone() is not None

    def copied(self) -> Any:
        """Return a copy of the state as it is now."""
        target = self._path.with_name("copy.db")
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
        content = target.read_bytes()
        target.unlink()
        return content

    def replace(self, content: Any) -> None:
        """Put a copy, or none, in the place of the state that is there."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        if content is not None:
            self._path.write_bytes(content)
