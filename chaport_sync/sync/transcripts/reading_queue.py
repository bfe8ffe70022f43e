"""The queue of visitors whose chats are to be read, and how late reading is (T7)."""

from collections.abc import Iterable

from chaport_sync.api.chaport import Chaport
from chaport_sync.clock import Clock
from chaport_sync.core.model import Visitor
from chaport_sync.core.transcripts.turns import Due, Lateness, in_turns, lateness
from chaport_sync.core.transcripts.watch import WatchRules, pause_of
from chaport_sync.store import Store
from chaport_sync.sync.transcripts.sweep import Sweep
from chaport_sync.sync.transcripts.visitor_list import VisitorList


class ReadingQueue:
    """The visitors to read: those whose rows changed, those with due chats, and those of the hourly sweep."""

    def __init__(self, chaport: Chaport, store: Store, rules: WatchRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._visitors = VisitorList(chaport, store, rules, clock)
        self._sweep = Sweep(chaport, store, clock)
        self._noticed_first = False
        self._about_read: dict[str, float] = {}
        self._read: list[str] = []

    async def begin(self) -> list[str]:
        """Read the visitor list and return the ids of the visitors to read now, in order; raises `ApiError`."""
        await self._visitors.look()
        self._read.clear()
        now = self._clock.now()
        self._noticed_first = not self._noticed_first
        due = [*self._due(now), *self._newest(now), *self._about(now), *self._sweep.left]
        return in_turns(self._visitors.to_read, due, now, noticed_first=self._noticed_first)

    async def sweep(self, *, in_time: bool) -> list[str]:
        """Begin the sweep if it is due; return the ids of its visitors who were not read in this cycle."""
        if not self._sweep.is_due(in_time=in_time):
            return []
        self._visitors.take_rows(await self._sweep.begin())
        for visitor_id in self._read:
            self._sweep.was_read(visitor_id)
        return [each.visitor_id for each in self._sweep.left]

    def end(self) -> None:
        """Record who was read."""
        self._visitors.record()

    def was_read(self, visitor_id: str) -> None:
        """Take a visitor from the line."""
        self._read.append(visitor_id)
        if visitor_id in self._visitors.about:
            self._about_read[visitor_id] = self._clock.monotonic()
        self._visitors.was_read(visitor_id)
        self._sweep.was_read(visitor_id)

    def was_refused(self, visitor_id: str) -> None:
        """Take a visitor from the line whose chats Chaport refuses, and read them later."""
        self._store.transcripts.put_off_reading(visitor_id, self._clock.now() + self._rules.idle_poll)
        self.was_read(visitor_id)

    def could_not_be_read(self, visitor_id: str) -> bool:
        """Put a visitor at the end of the line, and return whether Chaport itself may fail (P3)."""
        self._sweep.was_read(visitor_id)
        return self._visitors.could_not_be_read(visitor_id)

    def lateness(self) -> Lateness:
        """Return how late reading is."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        noticed = {visitor_id: monotonic - since for visitor_id, since in self._visitors.to_read.items()}
        return lateness(noticed, self._due(now), now, poll=self._rules.poll)

    async def row(self, visitor_id: str) -> Visitor:
        """Return a visitor's row; it is requested if the list did not show it."""
        return await self._visitors.row(visitor_id)

    def _due(self, now: float) -> list[Due]:
        """Return the visitors with due chats, without those who failed: these wait among the changed ones."""
        return [
            Due(visitor_id, at, pause_of(next_read_at=at, last_event_at=last_event_at, rules=self._rules))
            for visitor_id, at, last_event_at in self._store.transcripts.chats_to_read(now)
            if visitor_id not in self._visitors.failed
        ]

    def _about(self, now: float) -> Iterable[Due]:
        """Yield visitors who are on the website, as rarely as an idle chat is read: most of them write nothing."""
        monotonic = self._clock.monotonic()
        pause = max(self._rules.idle_poll, self._rules.poll)
        self._about_read = {each: at for each, at in self._about_read.items() if monotonic - at < pause}
        for visitor_id, since in self._visitors.about.items():
            if visitor_id not in self._about_read:
                yield Due(visitor_id, now - (monotonic - since), pause)

    def _newest(self, now: float) -> Iterable[Due]:
        """Yield the newest visitor, who is due in each cycle, because the row may not show new messages."""
        newest, waits = self._visitors.newest, self._visitors.newest_waits
        if newest and newest not in self._visitors.failed:
            yield Due(newest, now if waits is None else now + self._rules.poll / 2 - waits, self._rules.poll)
