"""The names of an account's own statuses, for `explain` and for the log."""

import math
from collections.abc import Iterable, Mapping

import structlog

from chaport_sync.api.deskie import Deskie
from chaport_sync.api.errors import ApiError
from chaport_sync.clock import Clock
from chaport_sync.core.model import DAY, Agent
from chaport_sync.core.statuses.explanation import NAMES, OwnStatuses
from chaport_sync.store import Store

log = structlog.get_logger()

#: If a name is missing, the names are read again after so long (seconds); else after a day, as names may change.
PAUSE = 3600.0


class StatusNames:
    """Keeps the names in the state file, where the commands find them. Nothing is decided by a name."""

    def __init__(self, deskie: Deskie, store: Store, clock: Clock) -> None:
        self._deskie = deskie
        self._store = store
        self._clock = clock
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
        if missing <= self._asked_for and now - self._asked_at < (PAUSE if missing else DAY):
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
