"""A log of changes in memory, as a server would keep it, and what can go wrong on the way to it."""

from collections.abc import Sequence
from contextlib import closing
from copy import deepcopy

from chaport_sync.core.model import OwnAgent
from chaport_sync.store import Fenced, Store, StoreError
from chaport_sync.store.changelog import Log


class MemoryLog(Log):
    """The changes and the snapshot of one account."""

    def __init__(self, name: str = "acme") -> None:
        self.name = name
        self.changes: dict[int, bytes] = {}
        self.snapshot: tuple[bytes | None, int] = None, 0

    def holding(self) -> bool:
        """Whoever is in this process holds it."""
        return True

    def append(self, seq: int, body: bytes) -> None:
        """Add a change."""
        taken = seq <= self.snapshot[1] or self.changes.setdefault(seq, body) != body
        if taken:
            raise Fenced(f"another worker has written the state of {self.name}")

    def load(self) -> tuple[bytes | None, int, Sequence[bytes]]:
        """Return the snapshot, its number, and the changes after it."""
        return *self.snapshot, [self.changes[seq] for seq in sorted(self.changes)]

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Put a snapshot in the place of an older one."""
        if seq > self.snapshot[1]:
            self.snapshot = body, seq
            self.changes = {number: body for number, body in self.changes.items() if number > seq}

    def copied(self) -> "MemoryLog":
        """Return a copy of it as it is now."""
        return deepcopy(self)


class Way(Log):
    """One worker's way to a log.

    Attributes:
        refuses: Whether nothing reaches the log; then the account is not certainly held either.
        holds: Whether the account is certainly held.
        loses_answers: Whether what reaches the log is not confirmed.
        appends: The number of each change that was to be added, also of those that were not.
    """

    def __init__(self, log: MemoryLog) -> None:
        self.name, self._log = log.name, log
        self.refuses = self.loses_answers = False
        self.holds = True
        self.appends: list[int] = []

    def holding(self) -> bool:
        """Return whether the account is certainly held."""
        return self.holds and not self.refuses

    def append(self, seq: int, body: bytes) -> None:
        """Add a change, if it reaches the log."""
        self.appends.append(seq)
        self._reach()
        self._log.append(seq, body)
        if self.loses_answers:
            raise StoreError("the database did not answer")

    def load(self) -> tuple[bytes | None, int, Sequence[bytes]]:
        """Return what the log holds."""
        self._reach()
        return self._log.load()

    def put_snapshot(self, seq: int, body: bytes) -> None:
        """Put a snapshot."""
        self._reach()
        self._log.put_snapshot(seq, body)

    def _reach(self) -> None:
        if self.refuses:
            raise StoreError("the database cannot be reached")


def marked(store: Store, staff_id: str) -> None:
    """Record something small."""
    store.marks.put(OwnAgent(staff_id))


def mark(log: MemoryLog) -> str:
    """Return what a start would find."""
    with closing(Store.copy_from(log)) as store:
        return store.marks.get(OwnAgent).staff_id
