"""Which visitors may have something new: the visitor list as far as it moved, and the hourly sweep (T7)."""

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.clock import Clock
from chaport_sync.core.model import Visitor
from chaport_sync.core.watch import PAGES_DEEP, SWEEP_EVERY, changed
from chaport_sync.store import Store

log = structlog.get_logger()

#: So many visitors are remembered in their order; deeper ones are found by the sweep only.
REMEMBERED = 1000


class VisitorList:
    """Reads the list and keeps the queue of visitors whose chats are to be read.

    The order of the list and the queue are recorded together: a crash between noticing a visitor and reading the chat
    loses nothing.
    """

    def __init__(self, chaport: Chaport, store: Store, clock: Clock) -> None:
        self._chaport = chaport
        self._store = store
        self._clock = clock
        self._rows: dict[str, Visitor] = {}
        self._sweep: list[str] = []
        self._swept_at: float = float(store.recall("swept_at", 0.0))
        self.newest = ""

    async def look(self) -> None:
        """Read the list from its top as far as something is new, moved or different."""
        remembered: list[list[str]] | None = self._store.recall("visitor_order")
        order = remembered or []
        known = {visitor_id: (place, fingerprint) for place, (visitor_id, fingerprint) in enumerate(order)}
        rows: dict[str, Visitor] = {}
        found: frozenset[str] = frozenset()
        # At the first look everything is new: the first page is enough, the sweep that is due finds the rest.
        for page in range(1, (1 if remembered is None else PAGES_DEEP) + 1):
            batch, more = await self._chaport.visitors(page)
            fresh = [visitor for visitor in batch if visitor.id not in rows]
            rows |= {visitor.id: visitor for visitor in fresh}
            found = changed(list(rows.values()), known)
            if not more or not fresh or fresh[-1].id not in found:
                break
        self._rows |= rows
        self.newest = next(iter(rows), "")
        if not found and remembered is not None:
            return
        rest = [entry for entry in order if entry[0] not in rows]
        current = [[visitor.id, visitor.fingerprint] for visitor in rows.values()] + rest
        unread = self.unread()
        unread += [visitor_id for visitor_id in rows if visitor_id in found and visitor_id not in unread]
        self._store.remember(visitor_order=current[:REMEMBERED], unread=unread)

    def unread(self) -> list[str]:
        """Give the visitors that were noticed and whose chats were not read yet."""
        return list(self._store.recall("unread", []))

    def was_read(self, visitor_id: str, *, retry_last: bool = False) -> None:
        """Take a visitor from the queue, or put it at its end because it could not be read."""
        queue = self.unread()
        if visitor_id in queue:
            queue.remove(visitor_id)
            self._store.remember(unread=[*queue, visitor_id] if retry_last else queue)

    async def to_sweep(self) -> list[str]:
        """Give what is left of this hour's sweep; reads the first ten pages when it begins."""
        now = self._clock.now()
        if not self._sweep and not 0 <= now - self._swept_at < SWEEP_EVERY:
            for page in range(1, PAGES_DEEP + 1):
                batch, more = await self._chaport.visitors(page)
                self._rows |= {visitor.id: visitor for visitor in batch}
                self._sweep += [visitor.id for visitor in batch if visitor.id not in self._sweep]
                if not more:
                    break
            self._swept_at = now
            log.debug("transcript.cycle", sweep=len(self._sweep))
            self._end_sweep()
        return list(self._sweep)

    def was_swept(self, visitor_id: str) -> None:
        """Take a visitor from the sweep."""
        if visitor_id in self._sweep:
            self._sweep.remove(visitor_id)
            self._end_sweep()

    def _end_sweep(self) -> None:
        if not self._sweep:
            # Only now: a sweep that a crash cuts short begins again after the start.
            self._store.remember(swept_at=self._swept_at)

    async def row(self, visitor_id: str) -> Visitor:
        """Give a visitor's row, asking for it if the list did not show it."""
        if visitor_id not in self._rows:
            self._rows[visitor_id] = await self._chaport.visitor(visitor_id) or Visitor(visitor_id)
        return self._rows[visitor_id]
