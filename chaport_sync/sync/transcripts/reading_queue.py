"""The queue of visitors whose chats are to be read, and how late reading is (T7)."""

from chaport_sync.clock import Clock
from chaport_sync.core.transcripts.turns import Due, Lateness, in_turns, lateness
from chaport_sync.core.transcripts.watch import SWEEP_EVERY, WatchRules, pause_of
from chaport_sync.store import Store
from chaport_sync.sync.transcripts.visitor_list import VisitorList


class ReadingQueue:
    """The visitors to read: those whose rows changed, those with due chats, and those of the hourly sweep."""

    def __init__(self, visitors: VisitorList, store: Store, rules: WatchRules, clock: Clock) -> None:
        self._visitors = visitors
        self._store = store
        self._rules = rules
        self._clock = clock
        self._noticed_first = False

    def in_order(self) -> list[str]:
        """Return the ids of the visitors to read now, once a cycle."""
        now = self._clock.now()
        self._noticed_first = not self._noticed_first
        swept = [Due(visitor_id, self._visitors.swept_at, SWEEP_EVERY) for visitor_id in self._visitors.swept]
        due = [*self._due(now), *self._newest(now), *self._about(now), *swept]
        return in_turns(self._visitors.to_read, due, now, noticed_first=self._noticed_first)

    def lateness(self) -> Lateness:
        """Return how late reading is."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        noticed = {visitor_id: monotonic - since for visitor_id, since in self._visitors.to_read.items()}
        return lateness(noticed, self._due(now), now, poll=self._rules.poll)

    def _due(self, now: float) -> list[Due]:
        """Return the visitors with due chats, without those who failed: these wait among the changed ones."""
        return [
            Due(visitor_id, at, pause_of(next_read_at=at, last_event_at=last_event_at, rules=self._rules))
            for visitor_id, at, last_event_at in self._store.transcripts.chats_to_read(now)
            if visitor_id not in self._visitors.failed
        ]

    def _about(self, now: float) -> list[Due]:
        monotonic, pause = self._clock.monotonic(), self._rules.longest_pause
        return [Due(each, now - (monotonic - since), pause) for each, since in self._visitors.about_to_read().items()]

    def _newest(self, now: float) -> list[Due]:
        """Return the newest visitor, who is due in each cycle, because the row may not show new messages."""
        newest, waits = self._visitors.newest, self._visitors.newest_waits
        if not newest or newest in self._visitors.failed:
            return []
        return [Due(newest, now if waits is None else now + self._rules.poll / 2 - waits, self._rules.poll)]
