"""Reading the lists of agents and operators, refusing implausible ones (S8), and reading the names of statuses."""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import structlog

from chaport_sync.api.errors import ApiError
from chaport_sync.api.request_queue import Share
from chaport_sync.core.model import DAY, Agent, Operator
from chaport_sync.core.statuses.explanation import NAMES, OwnStatuses
from chaport_sync.core.statuses.pairing import Doubt, Pairs, doubt, implausible
from chaport_sync.sync.cycle import Services
from chaport_sync.sync.health import Health

log = structlog.get_logger()

#: If a name is missing, the names are read again after so long (seconds); else after a day, as names may change.
NAMES_PAUSE = 3600.0

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
        services: Both services and the clock.
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
        self._clock = services.clock
        self._hold = hold
        self._longest_pause = longest_pause
        self._doubts: dict[str, Doubt] = {}

    @property
    def believing(self) -> bool:
        """Return whether one of the lists just read is implausible; if it was given, it has been so for long enough."""
        return bool(self._doubts)

    async def read(self, paired: Pairs) -> Lists:
        """Return both lists; one without most of those who were `paired` last is implausible.

        If the operators cannot be read, the agents are not read.
        """
        ask = partial(self._chaport.operators, Share.STATUS)
        operators, wrong = await self._read("operators", self._operators_health, paired.operators, ask)
        if operators is None:
            return Lists(None, None, (wrong,))
        agents, wrong = await self._read("agents", self._agents_health, paired.agents, self._deskie.agents)
        return Lists(agents, operators, (wrong,) if wrong else ())

    async def _read(
        self, what: str, health: Health, paired: frozenset[str], ask: Callable[[], Awaitable[tuple[Person, ...]]]
    ) -> tuple[tuple[Person, ...] | None, str]:
        if health.resting:
            return None, health.error
        try:
            people = await ask()
        except ApiError as error:
            health.failed(error)
            return None, health.error
        wrong = implausible(what, frozenset(person.id for person in people), paired)
        if not self._believed(what, wrong):
            health.failed(f"{health.service}: {wrong}")
            return None, health.error
        health.succeeded()
        return people, ""

    def _believed(self, what: str, wrong: str) -> bool:
        """Return whether to go by a list: nothing is `wrong` with it, or that has lasted for `status.hold`."""
        before = self._doubts.pop(what, None)
        if not wrong:
            return True
        now = self._clock.now()
        current = self._doubts[what] = doubt(before, self._longest_pause, now)
        believed = now - current.since >= self._hold
        if before is None or (believed and before.last - current.since < self._hold):
            log.warning("poll.refused", flow="statuses", what=what, error=wrong, believed=believed)
        return believed


class StatusNames:
    """Keeps the names in the state file, where the commands find them. Nothing is decided by a name."""

    def __init__(self, services: Services) -> None:
        self._deskie = services.deskie
        self._store = services.store
        self._clock = services.clock
        self._asked_at = -math.inf
        self._asked_for: frozenset[str] = frozenset()

    async def learn(self, agents: Iterable[Agent]) -> Mapping[str, str]:
        """Read the names now and then, if an agent has a status of the account's own; return the known ones by id."""
        used = frozenset(str(agent.status_id) for agent in agents if agent.status_id is not None) - NAMES.keys()
        known = self._store.marks.get(OwnStatuses).names
        if not used:
            return known
        now = self._clock.monotonic()
        missing = used - known.keys()
        # A new status was not missing at the last reading, so its name is read at once.
        if missing <= self._asked_for and now - self._asked_at < (NAMES_PAUSE if missing else DAY):
            return known
        self._asked_at, self._asked_for = now, missing
        try:
            names = await self._deskie.statuses()
        except ApiError as error:
            log.debug("status.names", error=str(error))
            return known
        found = {str(number): name for number, name in names.items()}
        if found != known:
            self._store.marks.put(OwnStatuses(found))
        return found
