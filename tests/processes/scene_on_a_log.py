"""The company whose daemons keep their state in a log that outlives them: in an SQLite file, as in a server."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from chaport_sync.store import Fenced, Store
from chaport_sync.store.changelog import Log, loaded
from tests.processes.crash_scene import Scene
from tests.processes.daemon_process import DaemonProcess
from tests.processes.program import Trap

_TABLES = """
    CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY, body BLOB);
    CREATE TABLE IF NOT EXISTS snapshots (seq INTEGER, body BLOB);
"""


class FileLog(Log):
    """The log of one account in a file."""

    def __init__(self, path: Path) -> None:
        self.name, self._path = path.stem, path

    def holding(self) -> bool:
        """No other daemon is started while one runs."""
        return True

    def append(self, seq: int, body: bytes) -> None:
        """Add a change."""
        with self._opened() as server:
            (covered,) = server.execute("SELECT coalesce(max(seq), 0) FROM snapshots").fetchone()
            server.execute("INSERT OR IGNORE INTO changes SELECT ?1, ?2 WHERE ?1 > ?3", (seq, body, covered))
            if server.execute("SELECT 1 FROM changes WHERE seq = ? AND body = ?", (seq, body)).fetchone() is None:
                raise Fenced(f"another worker has written the state of {self.name}")

    def load(self) -> tuple[bytes | None, int, Sequence[bytes]]:
        """Return the snapshot, its number, and the changes after it."""
        with self._opened() as server:
            body, covered = server.execute("SELECT body, seq FROM snapshots").fetchone() or (None, 0)
            found = server.execute("SELECT body FROM changes WHERE seq > ? ORDER BY seq", (covered,))
            return body, covered, [each for (each,) in found]

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Put a snapshot in the place of an older one."""
        with self._opened() as server:
            if server.execute("SELECT 1 FROM snapshots WHERE seq >= ?", (seq,)).fetchone() is None:
                server.execute("DELETE FROM snapshots")
                server.execute("INSERT INTO snapshots VALUES (?, ?)", (seq, body))
                server.execute("DELETE FROM changes WHERE seq <= ?", (seq,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as server:
            server.executescript(_TABLES)
            server.execute("BEGIN IMMEDIATE")
            yield server
            server.execute("COMMIT")


class SceneOnALog(Scene):
    """The same company."""

    keeps_all = False

    async def start(self, trap: Trap | None = None) -> DaemonProcess:
        """Start a daemon on the log."""
        return await super().start(partial(_on_a_log, self._path, trap))

    def recorded(self, query: str) -> list[tuple[Any, ...]]:
        """Ask what a start would find."""
        with closing(loaded(FileLog(self._path))[0]) as state:
            return state.execute(query).fetchall()

    @property
    def _path(self) -> Path:
        return self.place.folder / "log.db"


def _on_a_log(path: Path, trap: Callable[[], None] | None) -> None:
    """Keep the state in a log instead of in a file."""
    Store.open = lambda *_: Store.on(FileLog(path))  # type: ignore[method-assign]
    if trap is not None:
        trap()
