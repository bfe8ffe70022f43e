"""Applying the decisions of the status half: recorded, sent, recorded again (S5, P3, P8)."""

from collections.abc import Iterable, Mapping, Sequence

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.api.errors import ApiError, Executed
from chaport_sync.clock import Clock, Stopping
from chaport_sync.core.lease import Kind, Write, attempt, withdrawn, written
from chaport_sync.core.model import Agent
from chaport_sync.core.presence import Decision
from chaport_sync.store import Store
from chaport_sync.sync.health import Health, concerns_everything

log = structlog.get_logger()

#: A refused write to one operator is tried again after a pause that grows up to this (seconds).
LONGEST_REFUSAL = 300.0
#: After so many failures without a word on the record, the service is left until the next cycle.
FAILURES = 2


class StatusWriter:
    """Writes statuses, changes before renewals, one operator's failure apart from the others."""

    def __init__(self, chaport: Chaport, health: Health, store: Store, clock: Clock, poll: float) -> None:
        self._chaport = chaport
        self._health = health
        self._store = store
        self._clock = clock
        self._poll = poll
        self._refused: dict[str, tuple[int, float]] = {}

    async def apply(
        self, decisions: Iterable[Decision], drivers: Mapping[str, Sequence[Agent]], *, hurry: bool
    ) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
        """Write what is due, and give what was written and what went wrong.

        Args:
            decisions: All decisions of a cycle, also those without a write.
            drivers: The agents of each operator, for the log.
            hurry: Leave renewals that do not fit into one poll to the next cycle, so that changes need not wait.
        """
        until = self._clock.monotonic() + self._poll
        done: list[Decision] = []
        errors: list[str] = []
        for decision, write in _in_order(decisions):
            late = hurry and write.kind is not Kind.CHANGE and self._clock.monotonic() >= until
            if self._clock.stopping or late:
                break
            if self._clock.monotonic() < self._refused.get(decision.operator.id, (0, 0.0))[1]:
                continue
            try:
                await self._write(decision, write, drivers.get(decision.operator.id, ()))
                done.append(decision)
            except ApiError as error:
                errors.append(str(error))
                self._note(decision, error)
                if concerns_everything(error) or not error.answered or len(errors) >= FAILURES:
                    break
        return tuple(done), tuple(errors)

    async def _write(self, decision: Decision, write: Write, agents: Sequence[Agent]) -> None:
        operator = decision.operator
        state = attempt(decision.state, write, self._clock.now())
        self._store.record_operators([state])
        try:
            await self._chaport.set_status(operator.id, write.status, write.lifetime)
        except (ApiError, Stopping) as error:
            if not isinstance(error, ApiError) or error.executed is Executed.NO:
                self._store.record_operators([withdrawn(state)])
            raise
        self._store.record_operators([written(state, write)])
        if self._refused.pop(operator.id, None):
            log.info("poll.recovered", half="statuses", operator=operator.email or operator.id)
        if write.kind is Kind.CHANGE:
            log.info(
                "status.changed",
                operator=operator.email or operator.id,
                agents=[agent.email or agent.id for agent in agents],
                **{"from": operator.status, "to": write.status},
                reason=decision.reason,
            )

    def _note(self, decision: Decision, error: ApiError) -> None:
        if concerns_everything(error):
            self._health.failed(error)
            return
        operator = decision.operator
        tries, _ = self._refused.get(operator.id, (0, 0.0))
        if not tries:
            who = operator.email or operator.id
            log.warning("poll.failed", half="statuses", operator=who, error=str(error), failures=1)
        pause = min(self._poll * 2.0**tries, LONGEST_REFUSAL) if tries < LONGEST_REFUSAL else LONGEST_REFUSAL
        self._refused[operator.id] = (tries + 1, self._clock.monotonic() + pause - self._poll / 2)


def _in_order(decisions: Iterable[Decision]) -> list[tuple[Decision, Write]]:
    """Give the due writes, real changes first, then the leases that end first (S5)."""
    order = list(Kind)
    due = [(decision, decision.write) for decision in decisions if decision.write is not None]
    return sorted(due, key=lambda each: (order.index(each[1].kind), each[0].state.lease_until))
