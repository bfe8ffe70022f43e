"""Numbers for people and for metrics; no decision uses them. The file keeps those of rows that grow with the years."""

from chaport_sync.core.ledger import LineState
from chaport_sync.core.transcripts.cases import CaseRules
from chaport_sync.store.connection import Connection


class Counts:
    """The numbers of chats, lines and replies, by their state."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def deliveries(self, rules: CaseRules, now: float) -> dict[str, int]:
        """Count the lines that are `waiting` to be delivered, `held` back because nothing is due yet, and `parked`.

        Lines are held back while only the bot has spoken in the chat (T3), and while a bot talks, if `deliver` says so
        (T2).
        """
        query = """
            SELECT state = 'new' AND (
                due_at IS NULL OR (case_id = '' AND NOT visitor_wrote)
                OR (?1 <> 'live' AND NOT handed_over AND NOT human AND NOT closed AND last_event_at + ?3 > ?5
                    AND coalesce(asked_at + ?4 > ?5, TRUE) AND (?1 = 'handoff'
                    OR case_id <> '' AND bot_spoke AND seq > note_until AND coalesce(gather_from + ?2 > ?5, FALSE)))
            ) AS held, state = 'parked' AS parked, count(*) AS lines
            FROM lines JOIN chats USING (visitor_id, chat_id) WHERE state <> 'done' GROUP BY 1, 2"""
        count = {"waiting": 0, "held": 0, "parked": 0}
        for row in self._file.all(query, rules.deliver, rules.gather, rules.ended_after, rules.unanswered, now):
            count["parked" if row["parked"] else "held" if row["held"] else "waiting"] += row["lines"]
        return count

    def lines(self) -> dict[LineState, int]:
        """Count the lines by their state."""
        return self._by_state("lines")

    def replies(self) -> dict[LineState, int]:
        """Count the parts of answers by their state."""
        return self._by_state("replies")

    def chats(self) -> dict[str, int]:
        """Count the chats that are recorded, and those that have a time to be read again (T7)."""
        query = """SELECT (SELECT number FROM counts WHERE what = 'chats') AS remembered,
                   (SELECT count(*) FROM chats WHERE next_read_at IS NOT NULL) AS watched"""
        (row,) = self._file.all(query)
        return dict(row)

    def _by_state(self, what: str) -> dict[LineState, int]:
        found = {row["state"]: row["number"] for row in self._file.all("SELECT * FROM counts WHERE what = ?", what)}
        return {state: found[state] for state in LineState if found.get(state)}
