"""Recording for `explain` and `history`: how agents and operators were seen, and which statuses changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chaport_sync.clock import STEADY, Clock
from chaport_sync.core.model import DAY
from chaport_sync.core.statuses.history import OperatorSeen, agents_seen, operators_seen, set_by_us, their_change
from chaport_sync.core.statuses.mapping import AgentVerdict
from chaport_sync.core.statuses.pairing import Pairing
from chaport_sync.core.statuses.presence import Decision
from chaport_sync.store import Store


class Recorder:
    """Writes to the state file what has changed since the last good poll.

    Args:
        store: The state file.
        clock: The shell's clock.
        keep: Once a day, changes older than this are deleted, in seconds (`[state] keep`).
    """

    def __init__(self, store: Store, clock: Clock, *, keep: float) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._agents = store.statuses.agents_seen()
        self._operators = store.statuses.operators_seen()
        self._forget_at = clock.monotonic() + STEADY

    def seen(
        self,
        verdicts: Iterable[AgentVerdict],
        pairing: Pairing,
        decisions: Sequence[Decision],
        by_hand: Sequence[Decision],
        now: float,
    ) -> None:
        """Record a good poll: the agents, the decisions, and the changes that people made in Chaport."""
        found = {each.agent_id: each for each in agents_seen(verdicts, pairing, self._agents, now)}
        decided = {each.operator_id: each for each in operators_seen(decisions, pairing, self._operators, now)}
        new = [each for each in found.values() if self._agents.get(each.agent_id) != each]
        other = [each for each in decided.values() if self._operators.get(each.operator_id) != each]
        gone, released = self._agents.keys() - found.keys(), self._operators.keys() - decided.keys()
        if new or other or gone or released:
            self._store.statuses.record_seen(new, other, gone, released)
        self._agents, self._operators = found, decided
        if by_hand:
            drivers = pairing.drivers
            self._store.statuses.record_changes(
                their_change(each, drivers.get(each.operator.id, ()), now) for each in by_hand
            )
        self._forget_old(now)

    def written(self, operator_id: str, status: str, now: float) -> list[OperatorSeen]:
        """Note a status that was written; return the operator's record to write with it, empty if it is unknown."""
        seen = self._operators.get(operator_id)
        if seen is None:
            return []
        self._operators[operator_id] = set_by_us(seen, status, now)
        return [self._operators[operator_id]]

    @property
    def operators(self) -> Mapping[str, OperatorSeen]:
        """Return the paired operators as they were found or set last, by id."""
        return self._operators

    def shown(self, statuses: Mapping[str, str], now: float) -> None:
        """Record the statuses that Chaport shows while Deskie cannot be read, by operator id."""
        known = ((self._operators.get(each), status) for each, status in statuses.items())
        other = [replace(seen, status=status, since=now) for seen, status in known if seen and seen.status != status]
        if other:
            self._store.statuses.record_seen([], other)
            self._operators |= {each.operator_id: each for each in other}

    def _forget_old(self, now: float) -> None:
        if self._clock.monotonic() >= self._forget_at:
            self._store.statuses.forget_changes(now - self._keep)
            self._forget_at = self._clock.monotonic() + DAY
