"""The ledger of replies: agents' answers on their way to visitors (R2)."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from chaport_sync.core.ledger import Reply
from chaport_sync.store import rows
from chaport_sync.store.connection import Connection


class Replies:
    """The parts of answers, kept as long as a chat of their visitor is."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def visitors(self) -> list[str]:
        """Return the ids of the visitors with an answer that is to be sent or looked for."""
        query = """SELECT visitor_id FROM replies INDEXED BY replies_open WHERE state IN ('new', 'sending')
                   GROUP BY visitor_id ORDER BY min(seq)"""
        return [row["visitor_id"] for row in self._file.all(query)]

    def to(self, visitor_id: str) -> list[Reply]:
        """Return all answers to a visitor, part by part, in order."""
        return self._file.records(_REPLY, "SELECT * FROM replies WHERE visitor_id = ? ORDER BY seq", visitor_id)

    def known_among(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of the messages that were dealt with, in any case, because a merge moves messages."""
        query = "SELECT message_id FROM replies WHERE message_id = ? AND part = 0"
        return frozenset(row["message_id"] for each in message_ids for row in self._file.all(query, each))

    def sent_in(self, case_id: str) -> list[Reply]:
        """Return the first parts of the answers that were written in a case and have reached their visitor."""
        query = "SELECT * FROM replies WHERE case_id = ? AND part = 0 AND state = 'done' ORDER BY seq"
        return self._file.records(_REPLY, query, case_id)

    def record(self, replies: Iterable[Reply]) -> None:
        """Record parts of answers; new parts (`seq` 0) come behind all others."""
        if not (replies := list(replies)):
            return
        with self._file.writing() as write:
            (last,) = write.execute("SELECT coalesce(max(seq), 0) FROM replies").fetchone()
            places = count(last + 1)
            placed = (reply if reply.seq else replace(reply, seq=next(places)) for reply in replies)
            write.executemany(_PUT, map(rows.to_row, placed))


_REPLY = rows.Reader(Reply, "answer")
_PUT = rows.upsert("replies", Reply, "message_id", "part")
