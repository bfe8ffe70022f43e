"""Small records of the core that are kept once, each under the name of its class."""

from typing import Any, TypeVar

from chaport_sync.store import rows
from chaport_sync.store.connection import Connection

Mark = TypeVar("Mark")


class Marks:
    """One record of each class, or one `of` each flow or kind of work.

    If such a class is renamed or gets other fields, it needs a migration, or the records of older versions are lost.
    """

    def __init__(self, connection: Connection) -> None:
        self._file = connection
        #: By name, the text that was read last and its record: most are read in each cycle and seldom change.
        self._read: dict[str, tuple[str, Any]] = {}

    def find(self, kind: type[Mark], of: str = "") -> Mark | None:
        """Return the record of a class, None if there is none; a damaged one is set aside (P3)."""
        name = _name(kind, of)
        row = self._file.one("SELECT value FROM meta WHERE key = ?", name)
        if row is None:
            return None
        if self._read.get(name, ("", None))[0] != row["value"]:
            try:
                self._read[name] = row["value"], rows.from_json(kind, row["value"])
            except rows.DamagedError:
                self._file.damaged[f"what is remembered as {name}"] = None
                return None
        found: Mark = self._read[name][1]
        return found

    def get(self, kind: type[Mark], of: str = "") -> Mark:
        """Return the record of a class, one with default values if there is none."""
        return self.find(kind, of) or kind()

    def look_through(self) -> None:
        """Set the records aside that are no valid JSON."""
        for row in self._file.all("SELECT key FROM meta WHERE NOT json_valid(value)"):
            self._file.damaged[f"what is remembered as {row['key']}"] = None

    def put(self, *records: Any, of: str = "") -> None:
        """Write some records, all or nothing."""
        put = [(_name(type(each), of), rows.to_json(each)) for each in records]
        with self._file.writing() as write:
            write.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", put)


def _name(kind: type[Any], of: str) -> str:
    return f"{kind.__name__}.{of}" if of else kind.__name__
