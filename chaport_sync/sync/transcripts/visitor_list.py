"""Reading the visitor list as far as it changed, and each hour further, to find whose chats are to be read (T7)."""

import structlog

from chaport_sync.api.chaport import Chaport
from chaport_sync.clock import Clock
from chaport_sync.core.model import Visitor
from chaport_sync.core.transcripts.watch import (
    PAGES_DEEP,
    SWEEP_EVERY,
    Noticed,
    Swept,
    VisitorOrder,
    WatchRules,
    changed,
)
from chaport_sync.store import Store
from chaport_sync.sync.backoff import Backoff

log = structlog.get_logger()

#: The order of so many visitors is remembered, or of all on the pages that may be read if these are more.
REMEMBERED = 1000


class VisitorList:
    """Reads the list and keeps the line of visitors whose rows changed and whose chats are to be read.

    Attributes:
        noticed: The visitors in that line, first come first, with the monotonic moment of their coming.
        failed: The visitors whose last reading failed. They wait at the end of the line; if they fail while others are
            read, they are tried more and more rarely (P3).
        newest: The visitor with the newest chat, whose row may not show new messages.
        about: The visitors who were seen on the website, with the monotonic moment; most of them write nothing.
        swept: The visitors of the last sweep whose chats it has not read yet, and `swept_at`, when it began (Unix
            seconds).

    The order of the list and the line are recorded together, so that a crash before a noticed chat is read loses
    nothing. The visitors who were read are recorded once a cycle: after a crash their chats may be read again.
    """

    def __init__(self, chaport: Chaport, store: Store, rules: WatchRules, clock: Clock) -> None:
        self._chaport = chaport
        self._store = store
        self._clock = clock
        self._rows: dict[str, Visitor] = {}
        self._order: dict[str, str] | None = None
        if (order := store.marks.find(VisitorOrder)) is not None:
            self._order = dict(order.marks)
        self.noticed: dict[str, float] = dict.fromkeys(store.marks.get(Noticed).visitors, clock.monotonic())
        self._recorded = list(self.noticed)
        self.failed: set[str] = set()
        self._rules = rules
        self._alone = Backoff[str](clock, first=rules.poll, most=rules.longest_pause)
        self._excused: frozenset[str] = frozenset()
        self.about: dict[str, float] = {}
        self._about_read: dict[str, float] = {}
        self.swept_at = store.marks.get(Swept).at
        self.swept: dict[str, None] = {}
        self._read: set[str] = set()
        self.newest = ""
        self._newest_tried_at: float | None = None

    async def look(self) -> None:
        """Read the list from its top as far as something is new, moved or different."""
        self._read.clear()
        order = self._order or {}
        known = {each: (place, mark.partition(" ")[0]) for place, (each, mark) in enumerate(order.items())}
        rows: dict[str, Visitor] = {}
        found: frozenset[str] = frozenset()
        most = REMEMBERED
        # At the first look everything is new: the first page is enough, the sweep that is due finds the rest.
        for page in range(1, (1 if self._order is None else PAGES_DEEP) + 1):
            batch, more = await self._chaport.visitors(page)
            most = max(most, PAGES_DEEP * len(batch))
            fresh = [visitor for visitor in batch if visitor.id not in rows]
            rows |= {visitor.id: visitor for visitor in fresh}
            found = changed(list(rows.values()), known)
            if not more or not fresh or fresh[-1].id not in found:
                break
        self._rows |= rows
        newest = next(iter(rows), "")
        if newest != self.newest:
            self.newest, self._newest_tried_at = newest, None
        now = self._clock.monotonic()
        for visitor_id, row in rows.items():
            if visitor_id in found:
                self.noticed.setdefault(visitor_id, now)
            elif order[visitor_id] != _mark(row):
                self.about.setdefault(visitor_id, now)
                # This is not recorded: after a crash the visitor is only noticed once more.
                order[visitor_id] = _mark(row)
        if not found and self._order is not None:
            return
        current = [(visitor.id, _mark(visitor)) for visitor in rows.values()]
        current += [entry for entry in order.items() if entry[0] not in rows]
        self._order = dict(current[:most])
        self._record(VisitorOrder(tuple(self._order.items())))

    async def sweep(self, *, in_time: bool) -> list[str]:
        """Begin the hourly sweep if it is due: read the first ten pages, to find changes that the rows do not show.

        It is due after an hour if there is time left (`in_time`), else after two. Return the visitors who were not read
        in this cycle; none if it is not due.
        """
        every = SWEEP_EVERY if in_time else 2 * SWEEP_EVERY
        if self.swept or 0 <= self._clock.now() - self.swept_at < every:
            return []
        rows: dict[str, Visitor] = {}
        for page in range(1, PAGES_DEEP + 1):
            batch, more = await self._chaport.visitors(page)
            rows |= {visitor.id: visitor for visitor in batch}
            if not more:
                break
        self._rows |= rows
        self.swept_at, self.swept = self._clock.now(), {each: None for each in rows if each not in self._read}
        log.debug("transcript.cycle", sweep=len(rows))
        self._end_sweep()
        return list(self.swept)

    @property
    def to_read(self) -> dict[str, float]:
        """Return the noticed visitors without those whose pause after failures is not over."""
        return {each: at for each, at in self.noticed.items() if self._alone.left(each) <= self._rules.poll / 2}

    def about_to_read(self) -> dict[str, float]:
        """Return who was seen on the website, as rarely as an idle chat is read."""
        now = self._clock.monotonic()
        self._about_read = {each: at for each, at in self._about_read.items() if now - at < self._rules.longest_pause}
        return {each: since for each, since in self.about.items() if each not in self._about_read}

    @property
    def newest_waits(self) -> float | None:
        """Return the seconds since the newest visitor was last read or tried, None if never."""
        return None if self._newest_tried_at is None else self._clock.monotonic() - self._newest_tried_at

    def record(self) -> None:
        """Record the line, and forget rows that are not needed."""
        self._forget_rows()
        if list(self.noticed) != self._recorded:
            self._record()

    def was_read(self, visitor_id: str) -> None:
        """Take a visitor from the line; those who fail now fail alone, because Chaport works."""
        self._read.add(visitor_id)
        if visitor_id in self.about:
            self._about_read[visitor_id] = self._clock.monotonic()
        self._tried(visitor_id)
        self.failed.discard(visitor_id)
        self._alone.succeeded(visitor_id)
        self._excused = frozenset(self.failed)

    def could_not_be_read(self, visitor_id: str) -> bool:
        """Put a visitor at the end of the line, so that a failing one does not delay the others (P3).

        Returns:
            Whether Chaport itself may fail: no visitor was read since this one began to fail.
        """
        self._tried(visitor_id)
        self.noticed[visitor_id] = self._clock.monotonic()
        self.failed.add(visitor_id)
        alone = visitor_id in self._excused
        if alone:
            self._alone.failed(visitor_id)
        return not alone

    async def row(self, visitor_id: str) -> Visitor:
        """Return a visitor's row; it is requested if the list did not show it."""
        # The row that was needed last stands last, and is forgotten last.
        row = self._rows.pop(visitor_id, None)
        if row is None:
            row = await self._chaport.visitor(visitor_id) or Visitor(visitor_id)
        self._rows[visitor_id] = row
        return row

    def _forget_rows(self) -> None:
        """Keep the rows of remembered and waiting visitors, and of some others that were needed last."""
        kept = (self._order or {}).keys() | self.noticed.keys()
        if len(self._rows) > len(kept) + 2 * REMEMBERED:
            others = [visitor_id for visitor_id in self._rows if visitor_id not in kept]
            for visitor_id in others[:-REMEMBERED]:
                del self._rows[visitor_id]

    def _tried(self, visitor_id: str) -> None:
        self.noticed.pop(visitor_id, None)
        self.about.pop(visitor_id, None)
        if visitor_id == self.newest:
            self._newest_tried_at = self._clock.monotonic()
        if visitor_id in self.swept:
            del self.swept[visitor_id]
            self._end_sweep()

    def _end_sweep(self) -> None:
        if not self.swept:
            # Recorded only at the end, so that a sweep that a crash ends begins again after the start.
            self._store.marks.put(Swept(self.swept_at))

    def _record(self, *order: VisitorOrder) -> None:
        self._recorded = list(self.noticed)
        self._store.marks.put(*order, Noticed(tuple(self._recorded)))


def _mark(row: Visitor) -> str:
    return f"{row.fingerprint} {row.seen}"
