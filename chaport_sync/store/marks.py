"""What is kept once: small records of the core, each under the name of its class."""

from typing import Any, TypeVar

from chaport_sync.store import rows
from chaport_sync.store.connection import Connection

Mark = TypeVar("Mark")


class Marks:
    """Each record is there once, or once `of` each flow or kind of work.

    A class that is renamed, or has other fields, needs a migration: what an older version wrote would be lost.
    """

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def find(self, kind: type[Mark], of: str = "") -> Mark | None:
        """Return a record, None if there is none; a damaged one is set aside (P3)."""
        name = _name(kind, of)
        row = self._file.one("SELECT value FROM meta WHERE key = ?", name)
        try:
            found: Mark | None = None if row is None else rows.from_json(kind, row["value"])
        except rows.DamagedError:
            self._file.set_aside(f"what is remembered as {name}")
            return None
        return found

    def get(self, kind: type[Mark], of: str = "") -> Mark:
        """Return a record, an empty one if there is none."""
        return self.find(kind, of) or kind()

    def look_through(self) -> None:
        """Find the records that are no JSON."""
        for row in self._file.all("SELECT key FROM meta WHERE NOT json_valid(value)"):
            self._file.set_aside(f"what is remembered as {row['key']}")

    def put(self, *records: Any, of: str = "") -> None:
        """Record some of them, all or nothing."""
        put = [(_name(type(each), of), rows.to_json(each)) for each in records]
        with self._file.writing() as write:
            write.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", put)


def _name(kind: type[Any], of: str) -> str:
    return f"{kind.__name__}.{of}" if of else kind.__name__
