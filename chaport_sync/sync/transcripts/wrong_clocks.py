"""Moments that a wrong clock has stored: changed, so that no pause lasts for ever, and nothing new counts as old."""

from contextlib import suppress
from dataclasses import replace

from chaport_sync.api.connection import ServiceClock
from chaport_sync.clock import Clock
from chaport_sync.core.ledger import PARKED_PAUSE, UNCLEAR_PAUSE
from chaport_sync.core.transcripts.cases import SEARCH_PAUSE_MOST
from chaport_sync.core.transcripts.chats import Start
from chaport_sync.store import Store, StoreError

#: A correction that is smaller than this is not recorded (seconds).
AN_INSTANT = 1.0


class ClockSteps:
    """Redates the stored moments of chats when the wall clock was set, and at each start.

    The last process may have had another clock. Also, a line may have been sent later than it was recorded, so after a
    crash its time does not tell how long ago that was (P1).

    Args:
        store: The state file, which holds moments of the wall clock.
        clock: The shell's clock.
        read: The longest pause between two readings of a fresh chat, in seconds.
    """

    def __init__(self, store: Store, clock: Clock, *, read: float) -> None:
        self._store = store
        self._clock = clock
        self._read = read
        self._steps = -1
        self._steady_since = clock.monotonic()
        with suppress(StoreError):  # the first cycle tries again, and logs the error
            self._redate()

    @property
    def steady_for(self) -> float:
        """Return the seconds since the start, or since the last step of the clock."""
        return self._clock.monotonic() - self._steady_since

    def look(self) -> None:
        """Redate if the clock stepped, or the machine was suspended, since the last look.

        Raises:
            StoreError: The disk refuses; the next look tries again.
        """
        self._clock.now()
        if self._clock.steps != self._steps:
            self._redate()

    def _redate(self) -> None:
        self._steady_since, now, steps = self._clock.monotonic(), self._clock.now(), self._clock.steps
        self._store.redate(now, unclear=UNCLEAR_PAUSE, parked=PARKED_PAUSE, search=SEARCH_PAUSE_MOST, read=self._read)
        self._steps = steps


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
