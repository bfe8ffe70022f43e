"""The records of the transcript flow: chats, their lines, and the cases in which they are shown (P1)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from chaport_sync.core.ledger import Line
from chaport_sync.core.model import Person, id_order
from chaport_sync.core.transcripts.chats import CaseState, ChatState
from chaport_sync.store import rows
from chaport_sync.store.connection import Connection

ChatKey = tuple[str, str]


class Transcripts:
    """Each chat, each line of it once and in order, and each case."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def chat(self, key: ChatKey) -> ChatState | None:
        """Return the state of a chat, None if it is not known."""
        return next(
            iter(self._file.records(_CHAT, "SELECT * FROM chats WHERE visitor_id = ? AND chat_id = ?", *key)), None
        )

    def look_through(self) -> None:
        """Read the records that the daemon needs now, to find damaged ones.

        Lines that are displayed and chats that are not due are left out: there may be tens of thousands.
        """
        self._file.records(_CHAT, "SELECT * FROM chats WHERE due_at IS NOT NULL OR next_read_at IS NOT NULL")
        self._file.records(_CASE, "SELECT * FROM cases")
        self._file.records(_LINE, "SELECT * FROM lines WHERE state <> 'done'")

    def newest_chat(self, visitor_id: str) -> str | None:
        """Return the id of a visitor's newest chat that is recorded, None if there is none (T7)."""
        found = [row["chat_id"] for row in self._file.all("SELECT chat_id FROM chats WHERE visitor_id = ?", visitor_id)]
        return max(found, key=id_order, default=None)

    def chats_to_read(self, now: float) -> list[tuple[str, float, float]]:
        """Return visitor, due time and last event's time of each chat that is due to be read, longest due first."""
        query = """SELECT visitor_id, next_read_at, last_event_at FROM chats WHERE next_read_at <= ?
                   ORDER BY next_read_at"""
        return [(row["visitor_id"], row["next_read_at"], row["last_event_at"]) for row in self._file.all(query, now)]

    def put_off_reading(self, visitor_id: str, until: float) -> None:
        """Read no chat of a visitor before a time (Unix seconds)."""
        query = "UPDATE chats SET next_read_at = ?1 WHERE visitor_id = ?2 AND next_read_at < ?1"
        with self._file.writing() as write:
            write.execute(query, (until, visitor_id))

    def watch_only(self, visitor_id: str, chat_id: str) -> None:
        """Read no other chats of a visitor any more, because a visitor who begins a chat has left older ones (T7)."""
        others = "visitor_id = ? AND chat_id <> ? AND next_read_at IS NOT NULL"
        if self._file.one(f"SELECT 1 FROM chats WHERE {others}", visitor_id, chat_id) is None:  # noqa: S608
            return
        with self._file.writing() as write:
            write.execute(f"UPDATE chats SET next_read_at = NULL WHERE {others}", (visitor_id, chat_id))  # noqa: S608

    def chats_due(self, now: float) -> list[tuple[ChatState, bool]]:
        """Return the chats that may need a step in Deskie, longest due first.

        With each chat stands whether the daemon may set the status of its case (C5).
        """
        query = """SELECT * FROM chats WHERE due_at <= ?
                   ORDER BY due_at, visitor_id, length(chat_id), chat_id"""
        chats = self._file.records(_CHAT, query, now)
        query = """SELECT cases.id FROM cases JOIN chats ON case_id = cases.id
                   WHERE due_at <= ? AND own AND left_alone = ''"""
        ours = {row["id"] for row in self._file.all(query, now)}
        return [(chat, chat.case_id in ours) for chat in chats]

    def chats_in(self, case_id: str) -> list[ChatState]:
        """Return the chats that are shown in a case, the newest of each visitor first."""
        found = self._file.records(_CHAT, "SELECT * FROM chats WHERE case_id = ? AND case_id <> ''", case_id)
        return sorted(found, key=lambda chat: id_order(chat.chat_id), reverse=True)

    def chats_numbered(self, chat_id: str) -> list[ChatState]:
        """Return the chats of all visitors that have this number, the latest first."""
        query = "SELECT * FROM chats WHERE chat_id = ? ORDER BY last_event_at DESC"
        return self._file.records(_CHAT, query, chat_id)

    def chats_of(self, visitor_ids: Iterable[str]) -> list[ChatState]:
        """Return the chats of some visitors, the latest first."""
        query = "SELECT * FROM chats WHERE visitor_id = ?"
        found = [chat for each in visitor_ids for chat in self._file.records(_CHAT, query, each)]
        return sorted(found, key=lambda chat: chat.last_event_at, reverse=True)

    def newest_chat_in(self, case_id: str, visitor_id: str) -> ChatState | None:
        """Return the newest of a visitor's chats that are shown in a case, None if the visitor has no chat.

        If none is shown there, it is the newest that is shown in any case, where agents see its notes; else the newest.
        """
        found = self._file.records(_CHAT, "SELECT * FROM chats WHERE visitor_id = ?", visitor_id)
        return max(
            found, key=lambda chat: (chat.case_id == case_id, chat.case_id != "", id_order(chat.chat_id)), default=None
        )

    def waits_elsewhere(self, key: ChatKey, case_id: str) -> bool:
        """Return whether the case was opened for another chat in which its visitor still waits (C2)."""
        query = """SELECT visitor_id, chat_id FROM chats WHERE case_id = ? AND case_id <> ''
                   AND opened_unanswered AND asked_at IS NOT NULL AND silenced = ''"""
        return any(
            row["visitor_id"] != key[0] or id_order(row["chat_id"]) > id_order(key[1])
            for row in self._file.all(query, case_id)
        )

    def visitors(self) -> list[Person]:
        """Return the visitors of all recorded chats, with the names of their latest chats."""
        query = """SELECT visitor_id, visitor_name, visitor_email, max(last_event_at) FROM chats GROUP BY visitor_id"""
        return [Person(row["visitor_id"], row["visitor_name"], row["visitor_email"]) for row in self._file.all(query)]

    def numbers(self) -> list[tuple[str, str]]:
        """Return the case of each recorded chat, empty while it has none, and the chat's number."""
        return [(row["case_id"], row["chat_id"]) for row in self._file.all("SELECT case_id, chat_id FROM chats")]

    def case(self, case_id: str) -> CaseState | None:
        """Return the state of a case, None if it is not known."""
        return next(iter(self._file.records(_CASE, "SELECT * FROM cases WHERE id = ?", case_id)), None)

    def cases_of_visitor(self, visitor_id: str) -> list[str]:
        """Return the ids of the cases of a visitor's chats that are not silenced, the newest chat's first."""
        query = "SELECT chat_id, case_id FROM chats WHERE visitor_id = ? AND case_id <> '' AND silenced = ''"
        found = sorted(self._file.all(query, visitor_id), key=lambda row: id_order(row["chat_id"]), reverse=True)
        return list(dict.fromkeys(row["case_id"] for row in found))

    def cases_of_user(self, user_id: str) -> list[CaseState]:
        """Return the recorded cases of a Deskie user."""
        return self._file.records(_CASE, "SELECT * FROM cases WHERE user_id = ?", user_id)

    def open_lines(self, key: ChatKey, new: int = -1) -> list[Line]:
        """Return the lines of a chat that are not displayed yet, in order, with at most `new` new ones (-1: all)."""
        query = """
            SELECT * FROM lines WHERE visitor_id = ?1 AND chat_id = ?2 AND state <> 'done' AND state <> 'new'
            UNION ALL SELECT * FROM (
                SELECT * FROM lines WHERE visitor_id = ?1 AND chat_id = ?2 AND state <> 'done' AND state = 'new'
                ORDER BY seq LIMIT ?3)
            ORDER BY seq"""
        return self._file.records(_LINE, query, *key, new)

    def unclear_elsewhere(self, key: ChatKey, case_id: str) -> float | None:
        """Return when unclear requests of the visitor's or the case's other chats may be read back (P1).

        The time is Unix seconds, None if there are none.
        """
        query = """SELECT max(not_before) AS until FROM lines JOIN chats USING (visitor_id, chat_id)
                   WHERE state = 'sending' AND (visitor_id, chat_id) <> (?, ?)
                   AND (visitor_id = ? OR (case_id = ? AND case_id <> ''))"""
        (row,) = self._file.all(query, *key, key[0], case_id)
        until: float | None = row["until"]
        return until

    def accounted_rows(self, message_ids: Iterable[str]) -> dict[str, int]:
        """Return, by message id, how many of its first rows are known to show lines (P1)."""
        query = """SELECT message_id, max(message_rows) AS rows FROM lines
                   WHERE message_id <> '' AND message_id IN (SELECT value FROM json_each(?)) GROUP BY message_id"""
        ids = list(message_ids)
        return dict.fromkeys(ids, 0) | {
            row["message_id"]: row["rows"] for row in self._file.all(query, json.dumps(ids))
        }

    def lines_in(self, case_id: str) -> list[tuple[ChatKey, Line]]:
        """Return all lines of the chats that are shown in a case, each with the key of its chat."""
        query = "SELECT * FROM lines WHERE visitor_id = ? AND chat_id = ?"
        return [
            (chat.key, line) for chat in self.chats_in(case_id) for line in self._file.records(_LINE, query, *chat.key)
        ]

    def last_seq(self, key: ChatKey) -> int:
        """Return the `seq` of a chat's last line, 0 if it has none."""
        (row,) = self._file.all("SELECT max(seq) AS last FROM lines WHERE visitor_id = ? AND chat_id = ?", *key)
        return row["last"] or 0

    def known_events(self, key: ChatKey) -> frozenset[str]:
        """Return the ids of the events of a chat that became lines."""
        query = "SELECT DISTINCT event_id FROM lines WHERE visitor_id = ? AND chat_id = ?"
        return frozenset(row["event_id"] for row in self._file.all(query, *key))

    def knows(self, key: ChatKey, event_id: str) -> bool:
        """Return whether an event of a chat became a line."""
        query = "SELECT 1 FROM lines WHERE visitor_id = ? AND chat_id = ? AND event_id = ? LIMIT 1"
        return self._file.one(query, *key, event_id) is not None

    def count_shown(self, key: ChatKey) -> int:
        """Count the lines of a chat that are known to be displayed."""
        query = "SELECT count(*) AS lines FROM lines WHERE visitor_id = ? AND chat_id = ? AND state = 'done'"
        (row,) = self._file.all(query, *key)
        count: int = row["lines"]
        return count

    def parked(self) -> list[tuple[Person, str, str, str]]:
        """Return visitor, chat, case and error of each chat with parked lines (P3)."""
        query = """SELECT visitor_id, visitor_name, visitor_email, chat_id, case_id, max(error) AS error FROM lines
                   JOIN chats USING (visitor_id, chat_id) WHERE state <> 'done' AND state = 'parked'
                   GROUP BY visitor_id, chat_id ORDER BY visitor_id, length(chat_id), chat_id"""
        return [(Person(*row[:3]), row["chat_id"], row["case_id"], row["error"]) for row in self._file.all(query)]

    def record(self, chat: ChatState, lines: Sequence[Line] = (), case: CaseState | None = None) -> None:
        """Record a chat, some of its lines and its case, all or nothing."""
        with self._file.writing() as write:
            write.execute(_PUT_CHAT, rows.to_row(chat))
            self.record_lines(chat.key, lines)
            if case is not None:
                write.execute(_PUT_CASE, rows.to_row(case))

    def record_lines(self, key: ChatKey, lines: Sequence[Line]) -> None:
        """Record some lines of a chat."""
        with self._file.writing() as write:
            write.executemany(_PUT_LINE, [(*key, *rows.to_row(line)) for line in lines])

    def record_reading(self, chat: ChatState, lines: Sequence[Line]) -> int:
        """Record a chat as read, add its new lines and return their number (P1)."""
        with self._file.writing() as write:
            write.execute(_PUT_CHAT, rows.to_row(chat))
            query = "SELECT event_id, part, seq FROM lines WHERE visitor_id = ? AND chat_id = ?"
            known = {(row["event_id"], row["part"]): row["seq"] for row in self._file.all(query, *chat.key)}
            seq = max(known.values(), default=0)
            fresh: dict[tuple[str, int], Line] = {}
            for line in lines:
                if line.key not in known:
                    fresh.setdefault(line.key, line)
            self.record_lines(chat.key, [replace(line, seq=each) for each, line in enumerate(fresh.values(), seq + 1)])
        return len(fresh)

    def retry_parked(self) -> int:
        """Mark all parked lines as due and return their number (P3)."""
        with self._file.writing() as write:
            write.execute(
                """UPDATE chats SET due_at = 0 WHERE (visitor_id, chat_id) IN
                   (SELECT visitor_id, chat_id FROM lines WHERE state <> 'done' AND state = 'parked')"""
            )
            query = "UPDATE lines SET not_before = 0 WHERE state <> 'done' AND state = 'parked'"
            return write.execute(query).rowcount


_CHAT = rows.Reader(ChatState, "chat")
_CASE = rows.Reader(CaseState, "case")
_LINE = rows.Reader(Line, "line of chat")
_PUT_LINE = rows.upsert("lines", Line, "visitor_id", "chat_id", "event_id", "part")
_PUT_CASE = rows.upsert("cases", CaseState, "id")
_PUT_CHAT = rows.upsert("chats", ChatState, "visitor_id", "chat_id")
