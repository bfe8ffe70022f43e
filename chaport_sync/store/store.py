"""The store of one pair of accounts: its parts, and the transactions that concern several of them (P1, P7)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from chaport_sync.core.ledger import Line, Reply
from chaport_sync.core.replies.echoes import AnswerIds
from chaport_sync.core.settings_in_force import Accounts
from chaport_sync.core.transcripts.chats import CaseState, ChatState, NoteRefused, Start
from chaport_sync.store import file
from chaport_sync.store.connection import Connection
from chaport_sync.store.counts import Counts
from chaport_sync.store.errors import Foreign, StoreError
from chaport_sync.store.lock import Lock, take_lock
from chaport_sync.store.marks import Marks
from chaport_sync.store.outlines import Outlines
from chaport_sync.store.replies import Replies
from chaport_sync.store.statuses import Statuses
from chaport_sync.store.transcripts import Transcripts

if TYPE_CHECKING:
    from chaport_sync.store.changelog import Log


class Store:
    """Everything that must survive a crash; each call is one transaction.

    Every method, of the parts too, raises `StoreError` if the file cannot be used. A request that writes to an API is
    recorded before it is sent.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statuses = Statuses(connection)
        self.transcripts = Transcripts(connection)
        self.replies = Replies(connection)
        self.marks = Marks(connection)
        self.counts = Counts(connection)
        self.outlines = Outlines(connection)

    @classmethod
    def open(cls, path: Path, lock: Lock | None = None) -> Self:
        """Open a state file, which is locked unless `lock` is given; raises `Busy` or `StoreError`.

        `close` releases only a lock that was taken here.
        """
        held = lock or take_lock(path)
        try:
            return cls(Connection(file.connect(path), path, held, release=lock is None))
        except BaseException:
            if lock is None:
                held.release()
            raise

    @classmethod
    def copy_of(cls, path: Path) -> Self:
        """Return a copy in memory for a dry run, without a lock; nothing is left on the disk; raises `StoreError`."""
        return cls(Connection(file.copy_in_memory(path), path))

    @classmethod
    def beside(cls, path: Path) -> Self:
        """Open a state file for a short time, without a lock, while a daemon may use it; raises `StoreError`."""
        return cls(Connection(file.connect_beside(path), path))

    @classmethod
    def on(cls, log: "Log") -> Self:
        """Return the state that a log keeps, in memory; from now on earlier writers are refused.

        Raises:
            Fenced: Another writer has appended in this very moment.
            StoreError: The log cannot be used, is damaged, or was written by a newer version.
        """
        from chaport_sync.store.logged import LoggedConnection  # noqa: PLC0415 - a daemon on a file needs none

        return cls(LoggedConnection(log))

    @classmethod
    def copy_from(cls, log: "Log") -> Self:
        """Return a copy in memory of the state that a log keeps, while another writes it; raises `StoreError`."""
        from chaport_sync.store.logged import copied  # noqa: PLC0415 - as above

        return cls(copied(log))

    def once_more(self) -> Self:
        """Open one state of what a daemon has open, for a short time, to read it in another thread.

        Raises:
            StoreError: It cannot be read.
        """
        return type(self)(self.connection.once_more())

    def close(self) -> None:
        """Close the file, and release the lock if it was taken by `open`; any thread may call it."""
        self.connection.close()

    def bind(self, accounts: Accounts, *marks: Any) -> None:
        """Bind a new state file to its accounts, or check that it belongs to them (P7); keep other small records too.

        Raises:
            Foreign: It belongs to other accounts.
            StoreError: The record of its accounts is damaged.
        """
        known = self.marks.find(Accounts)
        if self.connection.damaged:
            words = f"{self.connection.what} is damaged: which accounts it belongs to cannot be read"
            raise StoreError(f"{words}; check the disk, then restore a backup, or move it away")
        if known is not None and known != accounts:
            raise Foreign(
                f"{self.connection.what} belongs to {known}, the configuration names {accounts};"
                f" {self.connection.otherwise}"
            )
        if any(self.marks.find(type(each)) != each for each in (accounts, *marks)):
            self.marks.put(accounts, *marks)

    def look_through(self) -> list[str]:
        """Read the records that the daemon needs now, and return the damaged ones (P3)."""
        self.statuses.look_through()
        self.transcripts.look_through()
        self.marks.look_through()
        return list(self.connection.damaged)

    def record(
        self, chat: ChatState, lines: Sequence[Line] = (), case: CaseState | None = None, marks: Iterable[Any] = ()
    ) -> None:
        """Record a chat, some of its lines, its case and small records, all or nothing."""
        with self.connection.writing():
            self.transcripts.record(chat, lines, case)
            self.marks.put(*marks)

    def record_reading(self, chat: ChatState, lines: Sequence[Line], replies: Iterable[Reply] = ()) -> int:
        """Record a chat as read, add its new lines and return their number (P1).

        Answers to its visitor are recorded in the same transaction (R2).
        """
        with self.connection.writing():
            self.replies.record(replies)
            return self.transcripts.record_reading(chat, lines)

    def tell_agents(self, chat: ChatState, note: Line, replies: Iterable[Reply]) -> None:
        """Record answers, and a note to their agent as a line, which is delivered once like all lines (P1, R1)."""
        self.record_reading(replace(chat, due_at=note.at), [note], replies)

    def retry(self) -> int:
        """Make parked lines due and return their number; let the flow go on that a refused note has stopped (T5)."""
        with self.connection.writing():
            if self.marks.get(NoteRefused).at is not None:
                self.marks.put(NoteRefused())
            return self.transcripts.retry_parked()

    def mark_answers(self, mark: str, now: float) -> None:
        """Give this state file a mark for its answers, if it has none; older answers keep their ids without it."""
        if not self.marks.get(AnswerIds).mark:
            sent_before = self.connection.one("SELECT 1 FROM replies LIMIT 1") is not None
            self.marks.put(AnswerIds(mark, now if sent_before else 0.0))

    def forget(self, before: float, now: float) -> int:
        """Forget chats that are silent since `before` (both Unix seconds) and return their number (P7).

        Events from before that time are never mirrored again.
        """
        with self.connection.writing() as write:
            gone = write.execute("DELETE FROM chats WHERE last_event_at < ?", (before,)).rowcount
            write.execute("DELETE FROM cases WHERE id NOT IN (SELECT case_id FROM chats)")
            write.execute("DELETE FROM replies WHERE visitor_id NOT IN (SELECT visitor_id FROM chats)")
            start = self.marks.get(Start)
            self.marks.put(Start(start.first, max(before, start.forgotten_before), forgot_at=now))
        return gone

    def redate(self, now: float, *, unclear: float, parked: float, search: float, read: float) -> None:
        """Move stored times that are too far in the future nearer to `now`, because the clock may have been wrong.

        The bounds are the longest waits of the rules, in seconds. After an unclear request the whole wait begins anew,
        because the request may have been under way until just now (P1).
        """
        with self.connection.writing() as write:
            # The comparisons that seem to say nothing let SQLite find the few rows by an index.
            write.execute("UPDATE lines SET not_before = ? WHERE state = 'sending'", (now + unclear,))
            under_way = "state IN ('new', 'sending') AND state = 'sending'"
            write.execute(f"UPDATE replies SET not_before = ? WHERE {under_way}", (now + unclear,))  # noqa: S608
            write.execute(
                "UPDATE lines SET not_before = min(not_before, ?) WHERE state <> 'done' AND state = 'parked'",
                (now + parked,),
            )
            latest = {"due_at": now, "next_read_at": now + read, "waiting_since": now, "search_after": now + search}
            for column, moment in latest.items():
                too_late = f"{column} > 0 AND {column} > ?1"
                write.execute(f"UPDATE chats SET {column} = ?1 WHERE {too_late}", (moment,))  # noqa: S608

    def begin_by(self, now: float) -> None:
        """Change times in the future at which mirroring begins, in general and in each chat, to `now` (T6)."""
        start = self.marks.get(Start)
        if (start.first or 0.0) > now:
            self.marks.put(replace(start, first=now))
        if self.connection.one("SELECT 1 FROM chats WHERE since > ? LIMIT 1", now) is not None:
            with self.connection.writing() as write:
                write.execute("UPDATE chats SET since = ?1, next_read_at = ?1 WHERE since > ?1", (now,))
