"""The ledger's other direction: agents' answers on their way to visitors (R2)."""

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from chaport_sync.core.ledger import LineState, Reply
from chaport_sync.core.replies.answer_ids import AnswerIds
from chaport_sync.store import rows
from chaport_sync.store.statuses import ActivityFile


class ReplyFile(ActivityFile):
    """The part of the state file that keeps replies, as long as a chat of their visitor is remembered."""

    def visitors_with_replies(self) -> list[str]:
        """Give the visitors for whom an answer is to be sent or looked for."""
        query = "SELECT visitor_id FROM replies WHERE state IN ('new', 'sending') GROUP BY visitor_id ORDER BY min(seq)"
        return [row["visitor_id"] for row in self._all(query)]

    def replies_to(self, visitor_id: str) -> list[Reply]:
        """Give all answers to a visitor, part by part, in order."""
        return self._records(_REPLY, "SELECT * FROM replies WHERE visitor_id = ? ORDER BY seq", visitor_id)

    def replies_among(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Give those of some messages that were dealt with, in whatever case: merging moves them."""
        query = "SELECT message_id FROM replies WHERE message_id = ? AND part = 0"
        return frozenset(row["message_id"] for each in message_ids for row in self._all(query, each))

    def sent_in(self, case_id: str) -> list[Reply]:
        """Give the first parts of the answers that were written in a case and have reached their visitor."""
        query = "SELECT * FROM replies WHERE case_id = ? AND part = 0 AND state = 'done' ORDER BY seq"
        return self._records(_REPLY, query, case_id)

    def answer_ids(self) -> AnswerIds:
        """Give the external ids of this state file's answers."""
        return self._recalled(AnswerIds, "answer_ids")

    def mark_answers(self, mark: str, now: float) -> None:
        """Give this state file its mark, if it has none; answers of before are left as they were sent."""
        if not self.answer_ids().mark:
            sent_before = self._one("SELECT 1 FROM replies") is not None
            self.remember(answer_ids=asdict(AnswerIds(mark, now if sent_before else 0.0)))

    def count_replies(self) -> dict[LineState, int]:
        """Count the parts of answers by what became of them."""
        found = self._all("SELECT state, count(*) AS replies FROM replies GROUP BY state")
        return {LineState(row["state"]): row["replies"] for row in found if row["state"] in _STATES}

    def record_replies(self, replies: Iterable[Reply]) -> None:
        """Record what became of answers."""
        with self._writing() as write:
            put_replies(write, replies)


def put_replies(write: sqlite3.Connection, replies: Iterable[Reply]) -> None:
    """Put answers into the transaction that is under way; new ones (`seq` 0) behind all others."""
    (last,) = write.execute("SELECT coalesce(max(seq), 0) FROM replies").fetchone()
    for reply in replies:
        values = dict(zip(rows.columns(Reply), rows.to_row(reply), strict=True))
        if not reply.seq:
            last += 1
            values["seq"] = last
        write.execute(_PUT, tuple(values.values()))


_REPLY = rows.Reader(Reply, "answer")
_STATES = frozenset(state.value for state in LineState)
_PUT = rows.upsert("replies", Reply)
