"""Reading the lists of agents and operators, and refusing implausible ones (S8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from chaport_sync.api.allowance import Share
from chaport_sync.api.errors import ApiError
from chaport_sync.core.model import Agent, Operator
from chaport_sync.core.statuses.pairing import Pairs
from chaport_sync.core.statuses.plausibility import Doubt, doubt, implausible
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.health import Health

log = structlog.get_logger()

Person = TypeVar("Person", Agent, Operator)


@dataclass(frozen=True, slots=True)
class Lists:
    """Both lists as they were just read; a list is None if it failed or is not believed, and `errors` say why."""

    agents: tuple[Agent, ...] | None
    operators: tuple[Operator, ...] | None
    errors: tuple[str, ...] = ()


class ListReader:
    """Reads both lists; each one waits after a failure of its service.

    Args:
        services: Both services and the state file.
        agents_health: Whether Deskie works for the flow.
        operators_health: Whether Chaport works for the flow.
        hold: `status.hold` in seconds: a list that is implausible for so long is believed.
        longest_pause: The longest pause between two reads while one fails, in seconds.
    """

    def __init__(
        self,
        services: Services,
        agents_health: Health,
        operators_health: Health,
        *,
        hold: float,
        longest_pause: float,
    ) -> None:
        self._deskie = services.deskie
        self._chaport = services.chaport
        self._agents_health = agents_health
        self._operators_health = operators_health
        self._store = services.store
        self._clock = services.clock
        self._hold = hold
        self._longest_pause = longest_pause
        self._doubts: dict[str, Doubt] = {}

    @property
    def believing(self) -> bool:
        """Return whether one of the lists just read is implausible; if it was given, it has been so for long enough."""
        return bool(self._doubts)

    async def read(self) -> Lists:
        """Return both lists; if the operators cannot be read, the agents are not read."""
        operators, operators_error = await self._read(
            "operators", "Chaport", self._operators_health, lambda: self._chaport.operators(Share.STATUS)
        )
        if operators is None:
            return Lists(None, None, (operators_error,))
        agents, agents_error = await self._read("agents", "Deskie", self._agents_health, self._deskie.agents)
        return Lists(agents, operators, (agents_error,) if agents_error else ())

    async def _read(
        self, what: str, service: str, health: Health, ask: Callable[[], Awaitable[tuple[Person, ...]]]
    ) -> tuple[tuple[Person, ...] | None, str]:
        if health.resting:
            return None, health.error
        try:
            people = await ask()
        except ApiError as error:
            health.failed(error)
            return None, str(error)
        wrong = self._refuse(what, frozenset(person.id for person in people))
        if wrong:
            health.failed(f"{service}: {wrong}")
            return None, f"{service}: {wrong}"
        health.succeeded()
        return people, ""

    def _refuse(self, what: str, present: frozenset[str]) -> str:
        pairs = self._store.marks.get(Pairs)
        wrong = implausible(what, present, pairs.agents if what == "agents" else pairs.operators)
        before = self._doubts.pop(what, None)
        if not wrong:
            return ""
        now = self._clock.now()
        current = self._doubts[what] = doubt(before, self._longest_pause, now)
        believed = now - current.since >= self._hold
        if before is None or (believed and before.last - current.since < self._hold):
            log.warning("poll.refused", flow="statuses", what=what, error=wrong, believed=believed)
        return "" if believed else wrong
