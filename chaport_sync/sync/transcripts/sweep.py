"""The hourly sweep, which finds changes in old chats that the visitor list does not show (T7)."""

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.clock import Clock
from chaport_sync.core.model import Visitor
from chaport_sync.core.transcripts.turns import Due
from chaport_sync.core.transcripts.watch import PAGES_DEEP, SWEEP_EVERY, Swept
from chaport_sync.store import Store

log = structlog.get_logger()


class Sweep:
    """Keeps which visitors of the first ten pages this sweep has not read yet."""

    def __init__(self, chaport: Chaport, store: Store, clock: Clock) -> None:
        self._chaport = chaport
        self._store = store
        self._clock = clock
        self._began_at = store.marks.get(Swept).at
        self._left: dict[str, None] = {}

    @property
    def left(self) -> list[Due]:
        """Return the visitors that are left of the sweep; each may wait for an hour since its begin."""
        return [Due(visitor_id, self._began_at, SWEEP_EVERY) for visitor_id in self._left]

    def is_due(self, *, in_time: bool) -> bool:
        """Return whether the sweep is due: each hour if there is time left (`in_time`), else after two hours."""
        every = SWEEP_EVERY if in_time else 2 * SWEEP_EVERY
        return not self._left and not 0 <= self._clock.now() - self._began_at < every

    async def begin(self) -> list[Visitor]:
        """Begin a sweep: read the first ten pages and return their rows; raises `ApiError`."""
        rows: dict[str, Visitor] = {}
        for page in range(1, PAGES_DEEP + 1):
            batch, more = await self._chaport.visitors(page)
            rows |= {visitor.id: visitor for visitor in batch}
            if not more:
                break
        self._began_at, self._left = self._clock.now(), dict.fromkeys(rows)
        log.debug("transcript.cycle", sweep=len(rows))
        self._end()
        return list(rows.values())

    def was_read(self, visitor_id: str) -> None:
        """Take a visitor from the sweep."""
        if visitor_id in self._left:
            del self._left[visitor_id]
            self._end()

    def _end(self) -> None:
        if not self._left:
            # Recorded only at the end, so that a sweep that a crash ends begins again after the start.
            self._store.marks.put(Swept(self._began_at))
