"""A clock that was set: what was put off by the old one must not wait for ever, nor end too early."""

from contextlib import suppress

from chaport_sync.clock import Clock
from chaport_sync.core.ledger import PARKED_PAUSE, UNCLEAR_PAUSE
from chaport_sync.core.transcripts.casework import SEARCH_PAUSE_MOST
from chaport_sync.store import Store, StoreError


class ClockSteps:
    """Redates what is stored of chats when the wall clock was set.

    A start is such a moment too: the last process may have had another clock, and a line waits for its turn between
    being recorded and being sent, so after a crash its own time tells too little (P1).

    Args:
        store: Holds moments of the wall clock.
        clock: The shell's clock.
        read: The longest pause between two readings of a fresh chat, in seconds.
    """

    def __init__(self, store: Store, clock: Clock, *, read: float) -> None:
        self._store = store
        self._clock = clock
        self._read = read
        self._steps = -1
        self._steady_since = clock.monotonic()
        with suppress(StoreError):  # the first cycle tries again, and tells what is wrong
            self._redate()

    @property
    def steady_for(self) -> float:
        """Seconds since the start or since the clock was last seen to step."""
        return self._clock.monotonic() - self._steady_since

    def look(self) -> bool:
        """Return whether the clock stepped since the last look, by a suspension too, and if so redate.

        Raises:
            StoreError: The disk refuses; the next look tries again.
        """
        self._clock.now()
        stepped = self._clock.steps != self._steps
        if stepped:
            self._redate()
        return stepped

    def _redate(self) -> None:
        self._steady_since, now, steps = self._clock.monotonic(), self._clock.now(), self._clock.steps
        self._store.redate(now, unclear=UNCLEAR_PAUSE, parked=PARKED_PAUSE, search=SEARCH_PAUSE_MOST, read=self._read)
        self._steps = steps
