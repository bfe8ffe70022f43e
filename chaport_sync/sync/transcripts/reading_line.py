"""Who is to be read, in which order, and how late that is (T7)."""

from collections.abc import Iterable

from chaport_sync.api.chaport import Chaport
from chaport_sync.clock import Clock
from chaport_sync.core.model import Visitor
from chaport_sync.core.transcripts.turns import Due, Lateness, in_turns, lateness
from chaport_sync.core.transcripts.watch import WatchRules, pause_of
from chaport_sync.store import Store
from chaport_sync.sync.transcripts.sweep import Sweep
from chaport_sync.sync.transcripts.visitor_list import VisitorList


class ReadingLine:
    """Everybody who is to be read: visitors whose rows changed, those who are due, and the hourly sweep."""

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
        """Look at the visitor list and return everybody who is to be read now, in this order."""
        await self._visitors.look()
        self._read.clear()
        now = self._clock.now()
        self._noticed_first = not self._noticed_first
        due = [*self._due(now), *self._newest(now), *self._about(now), *self._sweep.left]
        return in_turns(self._visitors.to_read, due, now, noticed_first=self._noticed_first)

    async def sweep(self, *, in_time: bool) -> list[str]:
        """Begin the sweep if it is due, and return who is read for its sake and was not read just now."""
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
        """Take a visitor from the line whose chats may not be read, and let what was due wait."""
        self._store.transcripts.put_off_reading(visitor_id, self._clock.now() + self._rules.idle_poll)
        self.was_read(visitor_id)

    def could_not_be_read(self, visitor_id: str) -> bool:
        """Put a visitor at the end of the line, and return whether Chaport itself may fail (P3)."""
        self._sweep.was_read(visitor_id)
        return self._visitors.could_not_be_read(visitor_id)

    def lateness(self) -> Lateness:
        """Return how late reading is now."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        noticed = {visitor_id: monotonic - since for visitor_id, since in self._visitors.to_read.items()}
        return lateness(noticed, self._due(now), now, poll=self._rules.poll)

    async def row(self, visitor_id: str) -> Visitor:
        """Return a visitor's row, asking for it if the list did not show it."""
        return await self._visitors.row(visitor_id)

    def _due(self, now: float) -> list[Due]:
        """Return who is to be read again, less those who could not be read and stand in the other line for it."""
        return [
            Due(visitor_id, at, pause_of(next_read_at=at, last_event_at=last_event_at, rules=self._rules))
            for visitor_id, at, last_event_at in self._store.transcripts.chats_to_read(now)
            if visitor_id not in self._visitors.failed
        ]

    def _about(self, now: float) -> Iterable[Due]:
        """Return who is about on the website, as seldom as an idle chat is read: most of them write nothing."""
        monotonic = self._clock.monotonic()
        pause = max(self._rules.idle_poll, self._rules.poll)
        self._about_read = {each: at for each, at in self._about_read.items() if monotonic - at < pause}
        for visitor_id, since in self._visitors.about.items():
            if visitor_id not in self._about_read:
                yield Due(visitor_id, now - (monotonic - since), pause)

    def _newest(self, now: float) -> Iterable[Due]:
        """Return the newest visitor, who is due in each cycle: the row may not show that the chat goes on."""
        newest, waits = self._visitors.newest, self._visitors.newest_waits
        if newest and newest not in self._visitors.failed:
            yield Due(newest, now if waits is None else now + self._rules.poll / 2 - waits, self._rules.poll)
