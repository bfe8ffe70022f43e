"""The records of the status flow: operators, agents and operators as last found, and changes of statuses."""

import json
from collections.abc import Iterable, Iterator

from chaport_sync.core.model import Person
from chaport_sync.core.statuses.history import AgentSeen, OperatorSeen, StatusChange
from chaport_sync.core.statuses.lease import OperatorState
from chaport_sync.store import rows
from chaport_sync.store.connection import Connection


class Statuses:
    """Operators for decisions, and agents, operators and changes of statuses for people."""

    def __init__(self, connection: Connection) -> None:
        self._file = connection

    def operators(self) -> dict[str, OperatorState]:
        """Return the state of each paired operator, by its id."""
        found = self._file.records(_STATE, "SELECT * FROM operators")
        return {state.operator_id: state for state in found}

    def record_operators(
        self,
        states: Iterable[OperatorState] = (),
        released: Iterable[str] = (),
        changes: Iterable[StatusChange] = (),
        seen: Iterable[OperatorSeen] = (),
    ) -> None:
        """Record operators, forget those that are no longer paired (S3), and add changes, all or nothing."""
        with self._file.writing() as write:
            write.executemany(_PUT_STATE, map(rows.to_row, states))
            write.executemany("DELETE FROM operators WHERE operator_id = ?", [(each,) for each in released])
            write.executemany(_ADD_CHANGE, map(rows.to_row, changes))
            write.executemany(_PUT_OPERATOR, map(rows.to_row, seen))

    def look_through(self) -> None:
        """Read everything but the changes, to find damaged records."""
        self.operators(), self.operators_seen(), self.agents_seen()

    def agents_seen(self) -> dict[str, AgentSeen]:
        """Return the agents of the last good poll by id."""
        found = self._file.records(_AGENT, "SELECT * FROM agents_seen")
        return {each.agent_id: each for each in found}

    def operators_seen(self) -> dict[str, OperatorSeen]:
        """Return the paired operators of the last good poll by id."""
        found = self._file.records(_OPERATOR, "SELECT * FROM operators_seen")
        return {each.operator_id: each for each in found}

    def record_seen(
        self,
        agents: Iterable[AgentSeen],
        operators: Iterable[OperatorSeen],
        gone_agents: Iterable[str] = (),
        gone_operators: Iterable[str] = (),
    ) -> None:
        """Record agents and operators that were found changed, and forget those who are gone, by their ids."""
        with self._file.writing() as write:
            write.executemany(_PUT_AGENT, map(rows.to_row, agents))
            write.executemany(_PUT_OPERATOR, map(rows.to_row, operators))
            write.executemany("DELETE FROM agents_seen WHERE agent_id = ?", [(each,) for each in gone_agents])
            write.executemany("DELETE FROM operators_seen WHERE operator_id = ?", [(each,) for each in gone_operators])

    def changes(
        self, since: float = 0.0, operator_ids: Iterable[str] | None = None, last: int | None = None
    ) -> list[StatusChange]:
        """Return the `last` changes since a time (Unix seconds), or all, of some operators or of all, oldest first."""
        query = f"SELECT * {_CHANGES} ORDER BY rowid DESC LIMIT ?3"
        found = self._file.records(_CHANGE, query, *_asked(since, operator_ids), -1 if last is None else last)
        return found[::-1]

    def changes_around(self, start: float) -> Iterator[StatusChange]:
        """Yield the last change of each operator before `start` (Unix seconds), and all changes since.

        They are read bit by bit: tens of thousands at once would take much memory.
        """
        query = """SELECT * FROM status_changes WHERE rowid IN
                   (SELECT max(rowid) FROM status_changes WHERE at < ? GROUP BY operator_id) ORDER BY rowid"""
        yield from self._file.records(_CHANGE, query, start)
        query, place = "SELECT rowid AS place, * FROM status_changes WHERE at >= ? AND rowid > ? LIMIT 500", 0
        while rows := self._file.all(query, start, place):
            yield from self._file.made(_CHANGE, rows)
            place = rows[-1]["place"]

    def known_since(self) -> float | None:
        """Return since when anything of operators is recorded (Unix seconds), None if nothing is."""
        query = """SELECT min(at) AS at FROM
                   (SELECT min(at) AS at FROM status_changes UNION ALL SELECT min(since) FROM operators_seen)"""
        (row,) = self._file.all(query)
        at: float | None = row["at"]
        return at

    def left_last(self, status: str) -> float | None:
        """Return when an operator left this status last (Unix seconds), None if no such change is recorded."""
        query = "SELECT at FROM status_changes WHERE before = ? ORDER BY at DESC LIMIT 1"
        at: list[float] = [row["at"] for row in self._file.all(query, status)]
        return at[0] if at else None

    def count_changes(self, since: float = 0.0, operator_ids: Iterable[str] | None = None) -> int:
        """Count the changes since a time (Unix seconds), of some operators or of all."""
        (row,) = self._file.all(f"SELECT count(*) AS changes {_CHANGES}", *_asked(since, operator_ids))
        count: int = row["changes"]
        return count

    def people_of_changes(self) -> list[tuple[Person, tuple[Person, ...]]]:
        """Return operators whose statuses changed, once with each group of agents they had, the latest last."""
        query = """SELECT operator_id, operator_name, operator_email, agents FROM status_changes
                   GROUP BY operator_id, agents ORDER BY max(rowid)"""
        return [
            (Person(*row[:3]), tuple(Person(*each) for each in json.loads(row["agents"])))
            for row in self._file.all(query)
        ]

    def forget_changes(self, before: float) -> None:
        """Forget the changes before a time (Unix seconds) (P7)."""
        with self._file.writing() as write:
            write.execute("DELETE FROM status_changes WHERE at < ?", (before,))


_CHANGES = """FROM status_changes WHERE at >= ?1
              AND (?2 IS NULL OR operator_id IN (SELECT value FROM json_each(?2)))"""


def _asked(since: float, operator_ids: Iterable[str] | None) -> tuple[float, str | None]:
    return since, None if operator_ids is None else json.dumps([*operator_ids])


_STATE = rows.Reader(OperatorState, "operator")
_AGENT = rows.Reader(AgentSeen, "agent")
_OPERATOR = rows.Reader(OperatorSeen, "operator as seen")
_CHANGE = rows.Reader(StatusChange, "change of a status")
_PUT_STATE = rows.upsert("operators", OperatorState, "operator_id")
_PUT_AGENT = rows.upsert("agents_seen", AgentSeen, "agent_id")
_PUT_OPERATOR = rows.upsert("operators_seen", OperatorSeen, "operator_id")
_ADD_CHANGE = rows.insert("status_changes", rows.columns(StatusChange))
