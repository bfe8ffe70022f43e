"""Reading and recording; each call is one transaction, on disk when it returns (P1, P7)."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaport_sync.core.chats import CaseState, ChatState
from chaport_sync.core.delivery import Line, LineState
from chaport_sync.core.lease import OperatorState
from chaport_sync.core.model import id_order
from chaport_sync.store import file, rows

ChatKey = tuple[str, str]


class Store:
    """The state of one pair of accounts.

    Every method raises `StoreError` when the disk refuses; nothing is written to an API before it was recorded.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, lock: int | None = None) -> None:
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._path = path
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Lock and open a state file; raises `Busy` or `StoreError`."""
        with file.readable_errors(path):
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, parents=True)
            lock = file.lock(path)
            try:
                return cls(file.connect(path), path, lock)
            except BaseException:
                os.close(lock)
                raise

    @classmethod
    def copy_of(cls, path: Path) -> "Store":
        """Work on a copy in memory: no lock, nothing left behind (a dry run)."""
        with file.readable_errors(path):
            return cls(file.copy_in_memory(path), path)

    def bind(self, accounts: dict[str, str]) -> None:
        """Bind the state to its accounts at first, later check that it still belongs to them (P7).

        Args:
            accounts: The host of each service.

        Raises:
            Foreign: It belongs to others.
        """
        known = self.recall("accounts")
        if known is None:
            self.remember(accounts=accounts)
        elif known != accounts:
            was, now = (", ".join(f"{service} {host}" for service, host in of.items()) for of in (known, accounts))
            raise file.Foreign(
                f"the state file {self._path} belongs to {was}, the configuration names {now};"
                " set [state] path to another file, or move this one away"
            )

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
            write.executemany(_PUT_META, [(k, json.dumps(v)) for k, v in values.items()])

    def operators(self) -> dict[str, OperatorState]:
        """Give what is remembered of each paired operator."""
        found = (_OPERATOR(row) for row in self._all("SELECT * FROM operators"))
        return {state.operator_id: state for state in found}

    def record_operators(self, states: Iterable[OperatorState], released: Iterable[str] = ()) -> None:
        """Record operators and forget those that are no longer paired (S3)."""
        with self._writing() as write:
            write.executemany(rows.upsert("operators", OperatorState), [rows.to_row(state) for state in states])
            write.executemany("DELETE FROM operators WHERE operator_id = ?", [(each,) for each in released])

    def chat(self, key: ChatKey) -> ChatState | None:
        """Give what is remembered of a chat."""
        row = self._one("SELECT * FROM chats WHERE visitor_id = ? AND chat_id = ?", *key)
        return None if row is None else _CHAT(row)

    def newest_chat(self, visitor_id: str) -> str | None:
        """Give the id of a visitor's newest chat that is remembered (T7)."""
        found = [row["chat_id"] for row in self._all("SELECT chat_id FROM chats WHERE visitor_id = ?", visitor_id)]
        return max(found, key=id_order, default=None)

    def visitors_to_read(self, now: float) -> list[str]:
        """Give the visitors with a chat that is due to be read again, longest due first (T7)."""
        query = """SELECT visitor_id FROM chats WHERE next_read_at <= ?
                   GROUP BY visitor_id ORDER BY min(next_read_at)"""
        return [row["visitor_id"] for row in self._all(query, now)]

    def chats_to_tend(self, now: float) -> list[ChatState]:
        """Give the chats that may have something to do in Deskie, longest due first."""
        query = """SELECT * FROM chats WHERE attention_at <= ?
                   ORDER BY attention_at, visitor_id, length(chat_id), chat_id"""
        return [_CHAT(row) for row in self._all(query, now)]

    def case(self, case_id: str) -> CaseState | None:
        """Give what is remembered of a case."""
        row = self._one("SELECT * FROM cases WHERE id = ?", case_id)
        return None if row is None else _CASE(row)

    def open_lines(self, key: ChatKey) -> list[Line]:
        """Give the lines of a chat that are not known to be displayed, in order."""
        query = "SELECT * FROM lines WHERE visitor_id = ? AND chat_id = ? AND state <> 'done' ORDER BY seq"
        return [_LINE(row) for row in self._all(query, *key)]

    def unclear_elsewhere(self, key: ChatKey, case_id: str) -> float | None:
        """Give when the last unclear outcome of the visitor's or the case's other chats may be looked into (P1)."""
        query = """SELECT max(not_before) AS until FROM lines JOIN chats USING (visitor_id, chat_id)
                   WHERE state <> 'done' AND state = 'sending' AND (visitor_id, chat_id) <> (?, ?)
                   AND (visitor_id = ? OR (case_id = ? AND case_id <> ''))"""
        row = self._one(query, *key, key[0], case_id)
        return None if row is None else row["until"]

    def last_seq(self, key: ChatKey) -> int:
        """Give the place of the last line of a chat."""
        row = self._one("SELECT max(seq) AS last FROM lines WHERE visitor_id = ? AND chat_id = ?", *key)
        return (row["last"] or 0) if row is not None else 0

    def known_events(self, key: ChatKey) -> frozenset[str]:
        """Give the ids of the events of a chat that became lines."""
        query = "SELECT DISTINCT event_id FROM lines WHERE visitor_id = ? AND chat_id = ?"
        return frozenset(row["event_id"] for row in self._all(query, *key))

    def count_lines(self) -> dict[LineState, int]:
        """Count the lines by what became of them."""
        found = self._all("SELECT state, count(*) AS lines FROM lines GROUP BY state")
        return {LineState(row["state"]): row["lines"] for row in found}

    def record(
        self, chat: ChatState, lines: Sequence[Line] = (), case: CaseState | None = None, **remembered: Any
    ) -> None:
        """Record a chat, what became of some of its lines, and its case, all or nothing."""
        with self._writing() as write:
            self._put_chat(write, chat)
            write.executemany(_PUT_LINE, [(*chat.key, *rows.to_row(line)) for line in lines])
            if case is not None:
                write.execute(rows.upsert("cases", CaseState), rows.to_row(case))
            write.executemany(_PUT_META, [(k, json.dumps(v)) for k, v in remembered.items()])

    def record_reading(self, chat: ChatState, lines: Sequence[Line]) -> int:
        """Record a chat as read and add the lines that were not known; give how many those are (P1)."""
        with self._writing() as write:
            self._put_chat(write, chat)
            seq, added = self.last_seq(chat.key), 0
            for line in lines:
                values = list(rows.to_row(line))
                values[rows.columns(Line).index("seq")] = seq + added + 1
                added += write.execute(_ADD_LINE, (*chat.key, *values)).rowcount
        return added

    def forget(self, before: float) -> int:
        """Forget chats silent since `before`, for ever: what is older will not be mirrored again (P7)."""
        with self._writing() as write:
            gone = write.execute("DELETE FROM chats WHERE last_event_at < ?", (before,)).rowcount
            write.execute("DELETE FROM cases WHERE id NOT IN (SELECT case_id FROM chats)")
            threshold = max(before, float(self.recall("forgotten_before", 0.0)))
            write.execute(_PUT_META, ("forgotten_before", json.dumps(threshold)))
        return gone

    def retry_parked(self) -> int:
        """Mark all parked lines as due and give their number (P3)."""
        with self._writing() as write:
            write.execute(
                """UPDATE chats SET attention_at = 0 WHERE (visitor_id, chat_id) IN
                   (SELECT visitor_id, chat_id FROM lines WHERE state = 'parked')"""
            )
            return write.execute("UPDATE lines SET not_before = 0 WHERE state = 'parked'").rowcount

    def delay_unclear(self, until: float) -> None:
        """Let no unclear outcome be looked into before this time: a request was perhaps sent until just now (P1)."""
        with self._writing() as write:
            write.execute("UPDATE lines SET not_before = max(not_before, ?) WHERE state = 'sending'", (until,))

    def _put_chat(self, write: sqlite3.Connection, chat: ChatState) -> None:
        # An update, not a replacement: replacing the row would take its lines along.
        names = rows.columns(ChatState)
        settings = ", ".join(f"{name} = excluded.{name}" for name in names[2:])
        statement = f"""INSERT INTO chats ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})
                        ON CONFLICT (visitor_id, chat_id) DO UPDATE SET {settings}"""  # noqa: S608 - our own names
        write.execute(statement, rows.to_row(chat))

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


_OPERATOR: Callable[[sqlite3.Row], OperatorState] = rows.Reader(OperatorState)
_CHAT: Callable[[sqlite3.Row], ChatState] = rows.Reader(ChatState)
_CASE: Callable[[sqlite3.Row], CaseState] = rows.Reader(CaseState)
_LINE: Callable[[sqlite3.Row], Line] = rows.Reader(Line)
_PUT_META = "INSERT OR REPLACE INTO meta VALUES (?, ?)"
_PUT_LINE = rows.upsert("lines", Line, ("visitor_id", "chat_id"))
_ADD_LINE = _PUT_LINE.replace("INSERT OR REPLACE", "INSERT") + " ON CONFLICT DO NOTHING"
