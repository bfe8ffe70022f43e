"""The state of one pair of accounts: its parts, and what spans two of them (P1, P7)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from chaport_sync.core.in_force import Accounts
from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.replies.answer_ids import AnswerIds
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.core.transcripts.start import Start
from chaport_sync.store import file
from chaport_sync.store.connection import Connection, take_lock
from chaport_sync.store.counts import Counts
from chaport_sync.store.errors import Foreign, StoreError
from chaport_sync.store.lock import Lock
from chaport_sync.store.marks import Marks
from chaport_sync.store.replies import Replies
from chaport_sync.store.statuses import Statuses
from chaport_sync.store.transcripts import Transcripts


class Store:
    """What must survive a crash; each call is one transaction.

    Every method, of the parts too, raises `StoreError` when the disk refuses; nothing is written to an API before it
    was recorded.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statuses = Statuses(connection)
        self.transcripts = Transcripts(connection)
        self.replies = Replies(connection)
        self.marks = Marks(connection)
        self.counts = Counts(connection)

    @classmethod
    def open(cls, path: Path, lock: Lock | None = None) -> Self:
        """Lock and open a state file, or one that is locked already; raises `Busy` or `StoreError`.

        Only the one who took the lock releases it.
        """
        held = lock or take_lock(path)
        with file.readable_errors(path):
            try:
                return cls(Connection(file.connect(path), path, held, release=lock is None))
            except BaseException:
                if lock is None:
                    held.release()
                raise

    @classmethod
    def copy_of(cls, path: Path) -> Self:
        """Work on a copy in memory: no lock, nothing left behind (a dry run); raises `StoreError`."""
        with file.readable_errors(path):
            return cls(Connection(file.copy_in_memory(path), path))

    @classmethod
    def beside(cls, path: Path) -> Self:
        """Open a state file for a moment while a daemon may use it: no lock; raises `StoreError`."""
        with file.readable_errors(path):
            return cls(Connection(file.connect_beside(path), path))

    def close(self) -> None:
        """Close the file, and give the lock back if it was taken for this; in any thread."""
        self.connection.close()

    def bind(self, accounts: Accounts, *marks: Any) -> None:
        """Bind the state to its accounts at first, later check that it still belongs to them (P7).

        Args:
            accounts: Those of the configuration.
            marks: What else is remembered from now on.

        Raises:
            Foreign: It belongs to others.
            StoreError: It cannot be read to whom it belongs.
        """
        known = self.marks.find(Accounts)
        if self.connection.damaged:
            words = f"the state file {self.connection.path} is damaged: which accounts it belongs to cannot be read"
            raise StoreError(f"{words}; check the disk, then restore a backup, or move it away")
        if known is not None and known != accounts:
            raise Foreign(
                f"the state file {self.connection.path} belongs to {known}, the configuration names {accounts};"
                " set [state] path to another file, or move this one away"
            )
        if any(self.marks.find(type(each)) != each for each in (accounts, *marks)):
            self.marks.put(accounts, *marks)

    def look_through(self) -> list[str]:
        """Read what the daemon goes by now, and return what is damaged of it (P3)."""
        self.statuses.look_through()
        self.transcripts.look_through()
        self.marks.look_through()
        return list(self.connection.damaged)

    def record(
        self, chat: ChatState, lines: Sequence[Line] = (), case: CaseState | None = None, marks: Iterable[Any] = ()
    ) -> None:
        """Record a chat, what became of some of its lines, its case, and what else was learned, all or nothing."""
        with self.connection.writing():
            self.transcripts.record(chat, lines, case)
            self.marks.put(*marks)

    def record_reading(self, chat: ChatState, lines: Sequence[Line], replies: Iterable[Reply] = ()) -> int:
        """Record a chat as read and add the lines that were not known; give how many those are (P1).

        What became of answers to its visitor is recorded with it (R2).
        """
        with self.connection.writing():
            self.replies.record(replies)
            return self.transcripts.record_reading(chat, lines)

    def tell_agents(self, chat: ChatState, note: Line, replies: Iterable[Reply]) -> None:
        """Record what became of answers, and the note that tells their agent; the ledger delivers it once (P1, R1)."""
        self.record_reading(replace(chat, due_at=note.at), [note], replies)

    def mark_answers(self, mark: str, now: float) -> None:
        """Give this state file its mark, if it has none; answers of before are left as they were sent."""
        if not self.marks.get(AnswerIds).mark:
            sent_before = self.connection.one("SELECT 1 FROM replies") is not None
            self.marks.put(AnswerIds(mark, now if sent_before else 0.0))

    def forget(self, before: float) -> int:
        """Forget chats silent since `before`, for ever: what is older will not be mirrored again (P7)."""
        with self.connection.writing() as write:
            gone = write.execute("DELETE FROM chats WHERE last_event_at < ?", (before,)).rowcount
            write.execute("DELETE FROM cases WHERE id NOT IN (SELECT case_id FROM chats)")
            write.execute("DELETE FROM replies WHERE visitor_id NOT IN (SELECT visitor_id FROM chats)")
            start = self.marks.get(Start)
            self.marks.put(replace(start, forgotten_before=max(before, start.forgotten_before)))
        return gone

    def redate(self, now: float, *, unclear: float, parked: float, search: float, read: float) -> None:
        """Bring every stored moment within its own bound from `now`, since the clock may have been wrong.

        The bounds are the longest waits that the rules know, in seconds; no unclear outcome is looked into before its
        own: a request was perhaps sent until just now (P1).
        """
        with self.connection.writing() as write:
            for ledger in ("lines", "replies"):
                write.execute(f"UPDATE {ledger} SET not_before = ? WHERE state = 'sending'", (now + unclear,))  # noqa: S608
            write.execute("UPDATE lines SET not_before = min(not_before, ?) WHERE state = 'parked'", (now + parked,))
            write.execute(
                """UPDATE chats SET due_at = min(due_at, ?), next_read_at = min(next_read_at, ?),
                   waiting_since = min(waiting_since, ?), search_after = min(search_after, ?)""",
                (now, now + read, now, now + search),
            )

    def begin_by(self, now: float) -> None:
        """Let mirroring have begun by `now`, in general and in each chat, whatever a clock that was ahead said (T6)."""
        start = self.marks.get(Start)
        if (start.first or 0.0) > now:
            self.marks.put(replace(start, first=now))
        if self.connection.one("SELECT 1 FROM chats WHERE since > ?", now) is not None:
            with self.connection.writing() as write:
                write.execute("UPDATE chats SET since = ?1, next_read_at = ?1 WHERE since > ?1", (now,))
