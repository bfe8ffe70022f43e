"""What may happen to a state file while no daemon uses it: it is copied, lost, or replaced by a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path


def has_begun(path: Path) -> bool:
    """Return whether the state file knows when the daemon was first started (T6)."""
    with closing(sqlite3.connect(path)) as source:
        return source.execute("SELECT 1 FROM meta WHERE key = 'Start'").fetchone() is not None


def copied(path: Path) -> bytes:
    """Return a copy of the state file as it is now."""
    target = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    content = target.read_bytes()
    target.unlink()
    return content


def replace(path: Path, content: bytes | None) -> None:
    """Put another state file, or none, in the place of the one that is there."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if content is not None:
        path.write_bytes(content)
