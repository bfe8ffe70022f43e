"""The moment of the first start: older events are not shown (T6)."""

from dataclasses import replace

from chaport_sync.api.service_clock import ServiceClock
from chaport_sync.clock import Clock
from chaport_sync.core.transcripts.chats import Start
from chaport_sync.store import Store

#: A correction that is smaller than this is not recorded (seconds).
AN_INSTANT = 1.0


class Beginning:
    """The first start with a state file, by Chaport's clock, which also gives events their times.

    This machine's clock may be wrong at that moment: after a boot it may not be set yet.
    """

    def __init__(self, store: Store, clock: Clock, there: ServiceClock) -> None:
        self._store = store
        self._clock = clock
        self._there = there
        self._noted_at: float | None = None
        self._looked: tuple[bool, int] | None = None

    def note(self) -> None:
        """Record the first start, by Chaport's clock or, while that is unknown, by this machine's."""
        if (start := self._store.marks.get(Start)).first is None:
            self._noted_at = None if self._there.known else self._clock.monotonic()
            self._store.marks.put(replace(start, first=self._there.now()))

    def correct(self) -> None:
        """Correct the first start once Chaport's clock is known, and let no beginning lie in the future."""
        now, start = self._there.now(), self._store.marks.get(Start)
        if self._noted_at is not None and self._there.known:
            began = now - (self._clock.monotonic() - self._noted_at)
            self._noted_at = None
            if abs(began - (start.first or 0.0)) > AN_INSTANT:
                start = replace(start, first=began)
                self._store.marks.put(start)
        # Chaport's clock, once known, does not step, so one look is enough, unless the first start lies in the future:
        # one of its machines was wrong. Without it, each step of this machine's clock is a reason to look.
        looked = (self._there.known, 0 if self._there.known else self._clock.steps)
        if looked != self._looked or (start.first or 0.0) > now:
            self._looked = looked
            self._store.begin_by(now)
