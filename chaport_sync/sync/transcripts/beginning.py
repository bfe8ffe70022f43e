"""When mirroring began: the line between what is mirrored and what is history (T6)."""

from dataclasses import replace

from chaport_sync.api.service_clock import ServiceClock
from chaport_sync.clock import Clock
from chaport_sync.core.transcripts.start import Start
from chaport_sync.store import Store

#: What differs by less is not worth writing (seconds).
AN_INSTANT = 1.0


class Beginning:
    """The first start with a state file, in Chaport's time, which is that of what is written in chats.

    This machine's clock may be wrong just then: it has booted and has not yet been set.
    """

    def __init__(self, store: Store, clock: Clock, there: ServiceClock) -> None:
        self._store = store
        self._clock = clock
        self._there = there
        self._noted_at: float | None = None
        self._looked: tuple[bool, int] | None = None

    def note(self) -> None:
        """Note the first start, by whatever clock there is: what is written from now on counts."""
        if (start := self._store.marks.get(Start)).first is None:
            self._noted_at = None if self._there.known else self._clock.monotonic()
            self._store.marks.put(replace(start, first=self._there.now()))

    def correct(self) -> None:
        """Bring it into Chaport's time once that is known, and let no beginning lie in the future."""
        now, start = self._there.now(), self._store.marks.get(Start)
        if self._noted_at is not None and self._there.known:
            began = now - (self._clock.monotonic() - self._noted_at)
            self._noted_at = None
            if abs(began - (start.first or 0.0)) > AN_INSTANT:
                start = replace(start, first=began)
                self._store.marks.put(start)
        # Once Chaport's time is known it does not step, unless one of its machines was wrong when the first start was
        # noted; without it, each step of this machine's clock may tell more.
        looked = (self._there.known, 0 if self._there.known else self._clock.steps)
        if looked != self._looked or (start.first or 0.0) > now:
            self._looked = looked
            self._store.begin_by(now)
