"""Writing the statuses that were decided: recorded, sent, recorded again (S5, P3, P8)."""

import math
from collections.abc import Iterable, Mapping, Sequence

import structlog

from chaport_sync.api.errors import ApiError, Forbidden, Missing
from chaport_sync.core.model import Agent
from chaport_sync.core.statuses.history import our_change
from chaport_sync.core.statuses.lease import Kind, Write, attempt, written
from chaport_sync.core.statuses.presence import Decision
from chaport_sync.store import StoreError
from chaport_sync.sync.backoff import Backoff
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.health import Health, concerns_everything
from chaport_sync.sync.statuses.memory import StatusMemory

log = structlog.get_logger()

#: After so many failures of Chaport, or refusals of single operators, the rest waits for the next cycle.
FAILURES, REFUSALS = 2, 10


class StatusWriter:
    """Writes statuses, the most urgent first; if one operator fails, the others go on.

    Args:
        services: Chaport and the clock.
        health: Whether writing to Chaport works; a token may be allowed to read only.
        memory: What is recorded before and after each write.
        poll: Seconds between cycles.
        longest_pause: The longest pause between two writes to one operator while they fail, in seconds.
    """

    def __init__(
        self,
        services: Services,
        health: Health,
        memory: StatusMemory,
        *,
        poll: float,
        longest_pause: float,
    ) -> None:
        self._chaport = services.chaport
        self._health = health
        self._memory = memory
        self._clock = services.clock
        self._poll = poll
        self._refused = Backoff[str](services.clock, first=poll, most=longest_pause)

    async def apply(
        self, decisions: Iterable[Decision], drivers: Mapping[str, Sequence[Agent]], within: float | None
    ) -> tuple[tuple[Decision, ...], tuple[str, ...]]:
        """Write what is due; return the written decisions and the errors.

        Args:
            decisions: All decisions of a cycle, also those without a write.
            drivers: The agents of each operator, by its id, for the log.
            within: Begin no further write after so many seconds, because decisions become old; None is no limit.
        """
        until = math.inf if within is None else self._clock.monotonic() + within
        done: list[Decision] = []
        errors: list[ApiError] = []
        for decision, write in self._in_order(decisions, within or self._poll):
            if self._clock.stopping or self._health.resting or self._clock.monotonic() >= until:
                break
            if self._refused.left(decision.operator.id) > self._poll / 2:
                continue
            if not self._memory.may_send(write.kind):
                continue
            try:
                await self._write(decision, write, drivers.get(decision.operator.id, ()))
                done.append(decision)
            except StoreError as error:
                self._memory.refuse(decision.state, error)
            except ApiError as error:
                errors.append(error)
                self._note(decision, error)
                if _is_pointless(errors):
                    break
        return tuple(done), tuple(map(str, errors))

    def _in_order(self, decisions: Iterable[Decision], next_turn: float) -> list[tuple[Decision, Write]]:
        """Return the due writes: leases that end before `next_turn` (seconds from now), changes, other leases.

        Of changes, the operator that was written longest ago comes first, so that none waits for ever. Operators that
        failed before come last, because a failure takes time in which the others are not written.
        """
        order, now = list(Kind), self._clock.now()
        due = [(decision, decision.write) for decision in decisions if decision.write is not None]

        def place(each: tuple[Decision, Write]) -> tuple[int, bool, int, float]:
            decision, write = each
            state, tries = decision.state, self._refused.failures(decision.operator.id)
            can_wait = write.kind is not Kind.RENEWAL or not state.runs_out(now + next_turn)
            since = state.written_at if write.kind is Kind.CHANGE else state.lease_until
            return tries, can_wait, order.index(write.kind), since

        return sorted(due, key=place)

    async def _write(self, decision: Decision, write: Write, agents: Sequence[Agent]) -> None:
        operator = decision.operator
        state = attempt(decision.state, write, self._clock.now())
        if write.kind is Kind.RENEWAL:
            self._memory.note([state])
        else:
            await self._memory.record(state)
        await self._chaport.set_status(operator.id, write.status, write.lifetime, renewal=write.kind is Kind.RENEWAL)
        now = self._clock.now()
        changes = [our_change(decision, write.status, agents, now)] if write.kind is Kind.CHANGE else []
        self._memory.note([written(state, write, now)], changes=changes)
        self._health.succeeded()
        if self._refused.succeeded(operator.id):
            log.info("poll.recovered", flow="statuses", operator=operator.email or operator.id)
        if write.kind is Kind.CHANGE:
            log.info(
                "status.changed",
                operator=operator.email or operator.id,
                agents=[agent.email or agent.id for agent in agents],
                **{"from": operator.status, "to": write.status},
                reason=decision.reason.words,
            )

    def _note(self, decision: Decision, error: ApiError) -> None:
        if concerns_everything(error):
            self._health.failed(error)
            return
        operator = decision.operator
        self._refused.failed(operator.id)
        if self._refused.failures(operator.id) == 1:
            who = operator.email or operator.id
            log.warning("poll.failed", flow="statuses", operator=who, error=str(error), failures=1)


def _is_pointless(errors: Sequence[ApiError]) -> bool:
    """Return whether to stop after these errors: further writes would fail too, or take too long (P3)."""
    last, words = errors[-1], sum(isinstance(error, Forbidden | Missing) for error in errors)
    return concerns_everything(last) or not last.answered or words >= REFUSALS or len(errors) - words >= FAILURES
