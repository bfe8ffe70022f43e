"""What people may ask about later: agents and operators as seen last, and what became of statuses."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from chaport_sync.core.health import Beat
from chaport_sync.core.ledger import LineState
from chaport_sync.core.statuses.seen import AgentSeen, OperatorSeen, Person, StatusChange
from chaport_sync.core.statuses.unread import Unread
from chaport_sync.core.transcripts.casework import CaseRules
from chaport_sync.core.transcripts.turns import Lateness, Work
from chaport_sync.store import rows
from chaport_sync.store.connection import StateFile


class ActivityFile(StateFile):
    """The part of the state file that decides nothing."""

    def beat(self, flow: str) -> Beat:
        """Give how a flow got on when that was last written down."""
        return self._recalled(Beat, f"flow.{flow}")

    def record_beat(self, flow: str, beat: Beat) -> None:
        """Record how a flow gets on."""
        self.remember(**{f"flow.{flow}": asdict(beat)})

    def count_deliveries(self, rules: CaseRules, now: float) -> dict[str, int]:
        """Count the lines that are `waiting` to be delivered, `held` back because nothing is due yet, and `parked`.

        Held back is what is not delivered before something happens in Chaport (only the bot has spoken in a chat, T3),
        and what a bot may still answer (`deliver = "handoff"`, T2).
        """
        query = """
            SELECT state = 'new' AND (
                due_at IS NULL OR (case_id = '' AND NOT visitor_wrote)
                OR (?1 AND NOT handed_over AND NOT human AND NOT closed AND last_event_at + ?2 > ?4
                    AND coalesce(asked_at + ?3 > ?4, TRUE))
            ) AS held, state = 'parked' AS parked, count(*) AS lines
            FROM lines JOIN chats USING (visitor_id, chat_id) WHERE state <> 'done' GROUP BY 1, 2"""
        count = {"waiting": 0, "held": 0, "parked": 0}
        for row in self._all(query, rules.handoff, rules.ended_after, rules.unanswered, now):
            count["parked" if row["parked"] else "held" if row["held"] else "waiting"] += row["lines"]
        return count

    def count_lines(self) -> dict[LineState, int]:
        """Count the lines by what became of them."""
        found = self._all("SELECT state, count(*) AS lines FROM lines GROUP BY state")
        return {LineState(row["state"]): row["lines"] for row in found if row["state"] in _STATES}

    def count_chats(self) -> dict[str, int]:
        """Count the chats that are remembered, and those that will be read again by themselves (T7)."""
        (row,) = self._all("SELECT count(*) AS remembered, count(next_read_at) AS watched FROM chats")
        return {"remembered": row["remembered"], "watched": row["watched"]}

    def parked(self) -> list[tuple[Person, str, str, str]]:
        """Give visitor, chat, case and error of each chat with parked lines (P3)."""
        query = """SELECT visitor_id, visitor_name, visitor_email, chat_id, case_id, max(error) AS error FROM lines
                   JOIN chats USING (visitor_id, chat_id) WHERE state = 'parked'
                   GROUP BY visitor_id, chat_id ORDER BY visitor_id, length(chat_id), chat_id"""
        return [(Person(*row[:3]), row["chat_id"], row["case_id"], row["error"]) for row in self._all(query)]

    def visitors(self) -> list[Person]:
        """Give the visitors whose chats are remembered, by the names of their latest chats."""
        query = """SELECT visitor_id, visitor_name, visitor_email, max(last_event_at) FROM chats GROUP BY visitor_id"""
        return [Person(row["visitor_id"], row["visitor_name"], row["visitor_email"]) for row in self._all(query)]

    def lateness(self, work: Work) -> Lateness:
        """Give how late reading or delivering was when that was last written down (T7, P9)."""
        return self._recalled(Lateness, f"lateness.{work}")

    def record_lateness(self, work: Work, found: Lateness) -> None:
        """Record how late reading or delivering is."""
        self.remember(**{f"lateness.{work}": asdict(found)})

    def other_instance(self) -> tuple[float, str] | None:
        """Give when and in which case another daemon on the same accounts was noticed in this run."""
        found = self.recall("other_instance")
        return None if found is None else (found[0], found[1])

    def record_other_instance(self, found: tuple[float, str] | None) -> None:
        """Record that another daemon was noticed, or that this run has not noticed one."""
        self.remember(other_instance=found)

    def unread(self) -> Unread:
        """Give what the status flow could not read when that was last written down."""
        return self._recalled(Unread, "status_unread")

    def record_unread(self, unread: Unread) -> None:
        """Record what the status flow cannot read."""
        self.remember(status_unread=asdict(unread))

    def agents_seen(self) -> dict[str, AgentSeen]:
        """Give the agents of the last good poll by id."""
        found = self._records(_AGENT, "SELECT * FROM agents_seen")
        return {each.agent_id: each for each in found}

    def operators_seen(self) -> dict[str, OperatorSeen]:
        """Give the paired operators of the last good poll by id."""
        found = self._records(_OPERATOR, "SELECT * FROM operators_seen")
        return {each.operator_id: each for each in found}

    def record_seen(
        self,
        agents: Iterable[AgentSeen],
        operators: Iterable[OperatorSeen],
        gone_agents: Iterable[str] = (),
        gone_operators: Iterable[str] = (),
    ) -> None:
        """Record who was found different from before, and forget who is gone, by id."""
        with self._writing() as write:
            write.executemany(_PUT_AGENT, map(rows.to_row, agents))
            put_operators_seen(write, operators)
            write.executemany("DELETE FROM agents_seen WHERE agent_id = ?", [(each,) for each in gone_agents])
            write.executemany("DELETE FROM operators_seen WHERE operator_id = ?", [(each,) for each in gone_operators])

    def changes(
        self, since: float = 0.0, operator_ids: Iterable[str] | None = None, last: int | None = None
    ) -> list[StatusChange]:
        """Give the `last` changes of statuses since a time, or all, of some operators or of everybody, oldest first."""
        query = f"SELECT * {_CHANGES} ORDER BY rowid DESC LIMIT ?3"
        found = self._records(_CHANGE, query, *_asked(since, operator_ids), -1 if last is None else last)
        return found[::-1]

    def count_changes(self, since: float = 0.0, operator_ids: Iterable[str] | None = None) -> int:
        """Count the changes of statuses since a time, of these operators or of everybody."""
        (row,) = self._all(f"SELECT count(*) AS changes {_CHANGES}", *_asked(since, operator_ids))
        count: int = row["changes"]
        return count

    def people_of_changes(self) -> list[tuple[Person, tuple[Person, ...]]]:
        """Give the operators whose statuses were changed, each with its agents of one time, the latest ones last."""
        query = """SELECT operator_id, operator_name, operator_email, agents FROM status_changes
                   GROUP BY operator_id, agents ORDER BY max(rowid)"""
        return [
            (Person(*row[:3]), tuple(Person(*each) for each in json.loads(row["agents"]))) for row in self._all(query)
        ]

    def record_changes(self, changes: Iterable[StatusChange]) -> None:
        """Record changes of statuses."""
        with self._writing() as write:
            put_changes(write, changes)

    def forget_changes(self, before: float) -> None:
        """Forget changes from before a time (P7)."""
        with self._writing() as write:
            write.execute("DELETE FROM status_changes WHERE at < ?", (before,))


def put_operators_seen(write: sqlite3.Connection, operators: Iterable[OperatorSeen]) -> None:
    """Put operators as they were seen or set into the transaction that is under way."""
    write.executemany(_PUT_OPERATOR, map(rows.to_row, operators))


def put_changes(write: sqlite3.Connection, changes: Iterable[StatusChange]) -> None:
    """Put changes of statuses into the transaction that is under way."""
    write.executemany(_ADD_CHANGE, map(rows.to_row, changes))


_STATES = frozenset(state.value for state in LineState)
_CHANGES = """FROM status_changes WHERE at >= ?1
              AND (?2 IS NULL OR operator_id IN (SELECT value FROM json_each(?2)))"""


def _asked(since: float, operator_ids: Iterable[str] | None) -> tuple[float, str | None]:
    return since, None if operator_ids is None else json.dumps([*operator_ids])


_AGENT = rows.Reader(AgentSeen, "agent")
_OPERATOR = rows.Reader(OperatorSeen, "operator as seen")
_CHANGE = rows.Reader(StatusChange, "change of a status")
_PUT_AGENT = rows.upsert("agents_seen", AgentSeen)
_PUT_OPERATOR = rows.upsert("operators_seen", OperatorSeen)
_ADD_CHANGE = rows.upsert("status_changes", StatusChange).replace("INSERT OR REPLACE", "INSERT")
